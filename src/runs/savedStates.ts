// The states of a run folder: the last one, and the one before it for when the last one is damaged.

import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { writeError } from "../files/errors.js";
import { readWhole } from "../files/read.js";
import { InputError } from "../inputError.js";
import { FormatError } from "../tensor/formatError.js";
import { openState, type StateFile } from "../train/checkpoint.js";
import { runFiles } from "./runFiles.js";

/** A whole state, and what must be said about it. */
export interface FoundState {
  readonly file: StateFile;
  readonly warnings: readonly string[];
}

/** A file's bytes; `undefined` when there is no such file. What a disk cannot read is damaged. */
function bytesOf(path: string): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readWhole(path);
  } catch (error) {
    const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
    throw cause?.code === "EIO" ? new FormatError(path, 0, "the disk cannot read it") : error;
  }
}

/** Opens a state; what is wrong with a damaged one. */
function tryToOpen(path: string): StateFile | FormatError | undefined {
  try {
    const bytes = bytesOf(path);
    return bytes && openState(bytes, path);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

/**
 * The last whole state of a run, or `undefined` when the run ended before its first one.
 *
 * @param run the run's folder
 * @throws InputError when there were states, and none is whole.
 */
export async function openLastState(run: string): Promise<FoundState | undefined> {
  const [path, previous] = [runFiles.state, runFiles.previousState].map((name) => join(run, name));
  const last = tryToOpen(path);
  if (last && !(last instanceof Error)) return { file: last, warnings: [] };
  const before = tryToOpen(previous);
  const wrong = last ? last.message : `${path} is missing`;
  if (before && !(before instanceof Error)) {
    return { file: before, warnings: [`${wrong}; going on from the state before it`] };
  }
  if (!last && !before && !existsSync(join(run, runFiles.last))) return undefined;
  const other = before ? `; neither is the state before it whole: ${before.message}` : "";
  throw new InputError(
    `${wrong}${other}; the run cannot go on: train anew in another folder, ` +
      `from its last weights with --pretrained ${join(run, runFiles.last)} if you like`,
  );
}

/** Makes a found state the last one, so that the damaged one is not kept as the one before the next. */
export async function keepState(run: string, { file }: FoundState): Promise<void> {
  const path = join(run, runFiles.state);
  if (file.source === path) return;
  await rename(file.source, path).catch((error) => {
    throw writeError(path, error);
  });
}
