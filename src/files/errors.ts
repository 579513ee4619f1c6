// A failed write in words.

import { basename, dirname } from "node:path";
import { InputError } from "../inputError.js";

const causes: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the disk quota is used up; free some space",
  EACCES: "no permission; choose another folder or change its owner",
  EPERM: "no permission; choose another folder or change its owner",
  EROFS: "the disk is read-only; choose another folder",
  ENOTDIR: "a file stands where a folder should be; choose another folder",
};

/** A failed write in words: what, where and what to do. Errors of other kinds stay as they are. */
export function writeError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const cause = causes[code] ?? (error as Error).message;
  return new InputError(`cannot write ${basename(path)} in ${dirname(path)}: ${cause}`, {
    cause: error,
  });
}
