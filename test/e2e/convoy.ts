// Runs the command `convoy` as a user does, in a folder of its own.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The project's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** An empty folder that goes when the test ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "convoy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** How to run {@link convoy}. */
export interface RunOptions {
  readonly cwd: string;
  /** Program that runs it; default is this Node. */
  readonly node?: string;
  /** Sends SIGINT, as Ctrl-C does, when standard output holds this text. */
  readonly signalAfter?: string;
}

/** Runs `convoy` to its end. */
export function convoy(args: readonly string[], options: RunOptions): Promise<Outcome> {
  const { cwd, node = process.execPath, signalAfter } = options;
  const child = spawn(node, [join(root, "bin", "convoy.mjs"), ...args], { cwd });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    const waiting = signalAfter !== undefined && !out.includes(signalAfter);
    out += text;
    if (waiting && out.includes(signalAfter)) child.kill("SIGINT");
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, err }));
  });
}
