// Folders are made one level at a time: Node's `mkdir` with `recursive` never returns where a parent is
// there and nothing can be made in it, as under /proc or in a working folder that has been deleted.

import { mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError } from "../inputError.js";
import { writeError } from "./errors.js";

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function makeMissing(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeMissing(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

/**
 * Makes a folder and those that it lies in, where they are missing.
 *
 * @throws InputError saying what could not be made.
 */
export function makeFolder(path: string): void {
  try {
    makeMissing(path);
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Makes a folder that must not be there yet; `false` when something is. Its parent must be there. */
export function makeNewFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw writeError(path, error);
  }
}

/**
 * Refuses a folder that holds anything: what is made is not mixed with what is there. Hidden things and a lock do not
 * count.
 *
 * @throws InputError naming what it holds.
 */
export function expectEmpty(path: string): void {
  const [first] = readdirSync(path)
    .filter((name) => !name.startsWith(".") && name !== "run.lock")
    .sort();
  if (first === undefined) return;
  throw new InputError(`${path} is not empty (it holds ${first}); choose a new folder`);
}

/** The absolute form of a path. Throws an {@link InputError} when the working folder has been deleted. */
export function absolute(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    throw new InputError("the working folder has been deleted; change to another one", {
      cause: error,
    });
  }
}
