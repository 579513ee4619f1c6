// Folders that are there when they are whole, or not at all.

import { lstat, mkdir, readdir, realpath, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../inputError.js";
import { writeError } from "./errors.js";
import { absolute, makeFolder } from "./folders.js";
import { lockFolder } from "./lock.js";

const unless = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error;
  return undefined;
};

/** Where a folder lies, that of a link where it leads. Refuses one that holds something. */
export async function freeFolder(out: string): Promise<string> {
  const path = absolute(out);
  try {
    const folder = await realpath(path).catch(unless("ENOENT"));
    if (folder === undefined) {
      if (!(await lstat(path).catch(unless("ENOENT")))) return path;
      throw new InputError(`${out} is a link that leads nowhere; name a new folder`);
    }
    if ((await readdir(folder)).length === 0) return folder;
  } catch (error) {
    throw writeError(path, error);
  }
  throw new InputError(`${out} is not empty; name a new folder`);
}

/**
 * Fills a new folder in a hidden one beside its place, then puts it there. The hidden one is locked: what a killed
 * process left in it goes, what a living one does there is not disturbed.
 *
 * @throws InputError where it cannot be put, as when something else has come there meanwhile.
 */
export async function putWhole<T>(folder: string, fill: (made: string) => Promise<T>): Promise<T> {
  const fail = (error: unknown) => {
    throw writeError(folder, error);
  };
  makeFolder(dirname(folder));
  const hidden = join(dirname(folder), `.${basename(folder)}.tmp`);
  await mkdir(hidden).catch(unless("EEXIST")).catch(fail);
  if (!(await lstat(hidden)).isDirectory()) {
    throw new InputError(`${hidden} is in the way; remove it, or name another folder`);
  }
  const lock = lockFolder(hidden);
  const made = join(hidden, "made");
  try {
    await rm(made, { recursive: true, force: true });
    await mkdir(made);
    const result = await fill(made);
    await rmdir(folder).catch(unless("ENOENT")).catch(fail);
    await rename(made, folder).catch(fail);
    return result;
  } finally {
    await rm(made, { recursive: true, force: true });
    lock.release();
    await rmdir(hidden).catch(() => undefined);
  }
}
