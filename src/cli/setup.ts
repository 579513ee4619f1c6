// `convoy setup`: the native engine for this machine: that of its platform's package, or else built where this package lies,
// in a project or a clone.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { addonPackage, loadAddon, NativeUnavailable } from "../engine/native/index.js";
import { InputError } from "../inputError.js";
import { type Console, say } from "./console.js";

const script = fileURLToPath(new URL("../../scripts/setup.mjs", import.meta.url));

/** The engine in words; throws where there is none. */
function describeEngine(): string {
  try {
    const { isa, onednn } = loadAddon().describe();
    return `oneDNN ${onednn}, own kernels for ${isa}`;
  } catch (cause) {
    throw new InputError("there is no native engine; the lines above say why, and what to type", {
      cause,
    });
  }
}

/** Whether a package of this platform holds an engine that works here, so that none has to be built. */
function isPackaged(): boolean {
  try {
    return addonPackage !== undefined && loadAddon() !== undefined;
  } catch (error) {
    if (error instanceof NativeUnavailable) return false;
    throw error;
  }
}

export function define(command: Command, console: Console): void {
  command.action(async () => {
    if (isPackaged()) {
      say(console.out, `the native engine is ready: ${describeEngine()} (package ${addonPackage})`);
      return;
    }
    await once(spawn(process.execPath, [script], { stdio: "inherit" }), "exit");
    say(console.out, `the native engine is ready: ${describeEngine()}`);
  });
}
