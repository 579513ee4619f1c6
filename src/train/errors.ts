// What can end a run early.

import { basename, dirname } from "node:path";

/** A run folder or a file in it that cannot be used or written. */
export class RunError extends Error {
  override readonly name = "RunError";
}

/** The loss or the weights are no longer finite. The run folder keeps its last checkpoint. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";

  constructor(
    /** Epoch and step from 1. */
    readonly epoch: number,
    readonly step: number,
    readonly loss: number,
    lr: number,
  ) {
    super(
      `the loss is ${loss} at epoch ${epoch}, step ${step}, at a learning rate of ` +
        `${Number(lr.toPrecision(3))}: training has diverged; try a smaller lr. ` +
        "The run folder keeps what was saved before",
    );
  }
}

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
  return new RunError(`cannot write ${basename(path)} in ${dirname(path)}: ${cause}`, {
    cause: error,
  });
}
