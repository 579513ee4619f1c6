// `convoy demo`: a swarm of four LeNet-5 on all of MNIST, in about a minute on two cores.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { loadAddon } from "../engine/native/index.js";
import { type Console, say } from "./console.js";
import { type ShowOptions, trainAndShow } from "./training.js";

const digits = { data: "mnist", model: "lenet5" };

/** A swarm as it is where nobody says anything of it. */
const swarm = { ...digits, swarm: "pso", epochs: 5 };

/** As many steps of one net as the reference engine does in a minute or so. */
const single = { ...digits, steps: 50 };

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
      const out = freeFolder();
      if (hasNative()) return trainAndShow({ ...swarm, out }, options, console);
      say(console.err, `without the native engine the demo is ${single.steps} steps of one net`);
      return trainAndShow({ ...single, out }, options, console);
    });
}
