// One process at a time in a run folder: a file with the holder's process number.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "../inputError.js";
import { writeError } from "./errors.js";

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Locks of this process: after a crash another process may have got the same number. */
const held = new Set<string>();

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

/** A holder on another machine cannot be asked and counts as alive. */
function isAlive({ pid, host }: Holder, path: string): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Takes the lock of a folder and returns what gives it back. A lock whose process no longer lives is
 * taken over.
 *
 * @throws InputError naming the process that works in the folder.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "run.lock");
  const holder = readHolder(path);
  if (holder && isAlive(holder, path)) {
    throw new InputError(
      `process ${holder.pid} on ${holder.host} is working in ${folder}; wait for it or end it ` +
        `(if it is long gone, delete ${path})`,
    );
  }
  try {
    rmSync(path, { force: true });
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: "wx" });
  } catch (error) {
    throw writeError(path, error);
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}
