// Copies of run folders: one goes on in two ways, or what came of it is kept elsewhere.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { absolute, makeFolder } from "../files/folders.js";
import { putWhole } from "../files/wholeFolder.js";
import { InputError } from "../inputError.js";
import { stateWith } from "../train/checkpoint.js";
import type { TrainSettings } from "../train/index.js";
import { runFiles } from "./runFiles.js";

/** What a copy has no use for: it begins with one state, and is over when it says so itself. */
const left: readonly string[] = [
  runFiles.previousState,
  runFiles.summary,
  runFiles.live,
  runFiles.stop,
];

/** What a run that is over has no use for. */
const ofNoResult: readonly string[] = [
  runFiles.state,
  runFiles.previousState,
  runFiles.live,
  runFiles.stop,
];

/** A file of the copy, in which settings may be others. */
async function fileFor(
  path: string,
  name: string,
  changed: Partial<TrainSettings>,
): Promise<string | Uint8Array> {
  const bytes = await readFile(path);
  if (Object.keys(changed).length === 0) return bytes;
  if (name === runFiles.state) return stateWith(bytes, path, changed);
  if (name !== runFiles.config) return bytes;
  const config = JSON.parse(bytes.toString()) as { readonly settings: object };
  const settings = { ...config.settings, ...changed };
  return `${JSON.stringify({ ...config, settings }, undefined, 2)}\n`;
}

/**
 * Copies a run that nobody works on, as its last checkpoint has it. The copy is there as a whole or not at all.
 *
 * @param changed settings that the copy goes on with from there: rates, batch, losses and augmentations; the net and the
 * state of its optimizer stay what they are
 * @throws InputError when there is no such run, something is at the new place, or it cannot be written.
 */
export async function copyRun(
  from: string,
  to: string,
  changed: Partial<TrainSettings> = {},
): Promise<void> {
  if (!existsSync(join(from, runFiles.config))) {
    throw new InputError(`${from} holds no run: there is no ${runFiles.config} in it`);
  }
  if (existsSync(to)) throw new InputError(`${to} is there already; choose a new folder`);
  await copyFiles(from, to, left, (path, name) => fileFor(path, name, changed));
}

/**
 * Copies a run that is over, without what it would go on with.
 *
 * @param to no folder yet, or an empty one
 * @param run what its summary calls it
 * @throws InputError when it cannot be written.
 */
export const copyResult = (from: string, to: string, run: string): Promise<void> =>
  copyFiles(from, to, ofNoResult, async (path, name) => {
    const bytes = await readFile(path);
    if (name !== runFiles.summary) return bytes;
    const summary: object = JSON.parse(bytes.toString());
    return `${JSON.stringify({ ...summary, run }, undefined, 2)}\n`;
  });

/** The copy is there as a whole or not at all. */
const copyFiles = (
  from: string,
  to: string,
  without: readonly string[],
  read: (path: string, name: string) => Promise<string | Uint8Array>,
): Promise<void> =>
  putWhole(absolute(to), async (made) => {
    for (const name of Object.values(runFiles)) {
      const path = join(from, name);
      if (without.includes(name) || !existsSync(path)) continue;
      makeFolder(dirname(join(made, name)));
      await writeFileAtomic(join(made, name), await read(path, name));
    }
  });
