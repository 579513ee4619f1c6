// Small text files: names, lists, settings. Pipes and devices, which never end, are none, and neither is what is far too
// large to be one.

import { lstatSync } from "node:fs";
import { InputError } from "../inputError.js";
import { formatBytes } from "../text/bytes.js";
import { readError } from "./errors.js";
import { withFile } from "./read.js";

/** Bytes of a text file where nothing else is said: a list of a million names has fewer. */
const MOST = 64 * 1024 * 1024;

/** Number of the first line that is not UTF-8, from 1. */
export function firstDamagedLine(bytes: Uint8Array): number {
  const lines = new TextDecoder("latin1").decode(bytes).split("\n");
  const damaged = lines.findIndex((line) => {
    const own = Uint8Array.from(line, (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(own).includes("\uFFFD");
  });
  return damaged + 1;
}

/**
 * The text of a file in UTF-8.
 *
 * @param most bytes that it may have; default 64 MiB
 * @throws InputError for what cannot be read, is no file, is larger, or is not UTF-8.
 */
export function readText(path: string, most = MOST): string {
  return withFile(path, (source) => {
    if (source.length > most) {
      throw new InputError(
        `${path} has ${formatBytes(source.length)}; expected at most ${formatBytes(most)}`,
      );
    }
    const bytes = source.take(0, source.length);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw new InputError(
        `${path}: line ${firstDamagedLine(bytes)} is not UTF-8; save the file as UTF-8`,
      );
    }
  });
}

/** Whether anything has this name, be it a link that leads nowhere. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw readError(path, error);
  }
}

/**
 * Lines of a text file without the empty ones at its end; `undefined` when nothing has this name.
 *
 * @throws InputError as {@link readText} does for what is there and cannot be read.
 */
export function readLines(path: string): string[] | undefined {
  return isThere(path) ? readText(path).trimEnd().split(/\r?\n/) : undefined;
}
