// A failed read or write in words.

import { basename, dirname } from "node:path";
import { InputError } from "../inputError.js";

const causes: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the disk quota is used up; free some space",
  EACCES: "no permission; choose another folder or change its owner",
  EPERM: "no permission; choose another folder or change its owner",
  EROFS: "the disk is read-only; choose another folder",
  ENOTDIR: "a file stands where a folder should be; choose another folder",
  EEXIST: "a file stands where a folder should be; choose another folder",
  EISDIR: "a folder stands where a file should be; choose another folder",
  ENOTEMPTY: "something else stands there by now; choose another folder",
  ENOENT: "its folder is not there and cannot be made; choose another folder",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
};

/** A failed write in words: what, where and what to do. Errors of other kinds stay as they are. */
export function writeError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof InputError || code === undefined) return error;
  const cause = causes[code] ?? (error as Error).message;
  return new InputError(`cannot write ${basename(path)} in ${dirname(path)}: ${cause}`, {
    cause: error,
  });
}

const readCauses: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file; check the path",
  ENOTDIR: "there is no such file; check the path",
  EISDIR: "it is a folder; name a file in it",
  EACCES: "no permission to read it; change its rights",
  EPERM: "no permission to read it; change its rights",
  EIO: "the disk cannot read it; fetch or copy the file again",
  ERR_FS_FILE_TOO_LARGE: "it is too large to be such a file; check the path",
};

/** A failed read in words; errors of other kinds stay as they are. */
export function readError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof InputError || code === undefined) return error;
  return new InputError(`${path}: ${readCauses[code] ?? (error as Error).message}`, {
    cause: error,
  });
}
