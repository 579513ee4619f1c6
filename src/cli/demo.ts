// `convoy demo`: LeNet-5 on all of MNIST, in about a minute.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { loadAddon } from "../engine/native/index.js";
import { type Console, say } from "./console.js";
import { type ShowOptions, trainAndShow } from "./training.js";

const EPOCHS = 3;

/** Steps that the reference engine does in a minute or so. */
const REFERENCE_STEPS = 50;

/** The first free folder `runs/demo-<number>`. */
function freeFolder(number = 1): string {
  const folder = join("runs", `demo-${number}`);
  return existsSync(folder) ? freeFolder(number + 1) : folder;
}

function hasNative(): boolean {
  try {
    loadAddon();
    return true;
  } catch {
    return false;
  }
}

export function define(command: Command, console: Console): void {
  command
    .option("--json", "print one object at the end; progress goes to standard error")
    .option("--quiet", "show only warnings and the result")
    .action(async (options: ShowOptions) => {
      const settings = { data: "mnist", model: "lenet5", epochs: EPOCHS, out: freeFolder() };
      if (hasNative()) return trainAndShow(settings, options, console);
      say(console.err, `without the native engine the demo does ${REFERENCE_STEPS} steps only`);
      return trainAndShow({ ...settings, steps: REFERENCE_STEPS }, options, console);
    });
}
