// A study's folder: its plan, whatever tables are made of it, and a run folder for every run.

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { writeError } from "../files/errors.js";
import { lockFolder } from "../files/lock.js";
import { InputError } from "../inputError.js";
import { firstDifference } from "./difference.js";

/** The file that holds everything that decides a study's numbers. */
export const PLAN = "plan.json";

/** Where a study lies and what it is to do. */
export interface StudyFolder {
  readonly out: string;
  /** What may differ in no later call: plain data, as JSON keeps it. */
  readonly plan: object;
  /** What the study is called in messages, as `comparison`. */
  readonly kind: string;
}

/** JSON of a damaged file as an error that names it. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is damaged: ${(error as Error).message}`);
  }
}

async function expectSamePlan({ out, plan, kind }: StudyFolder): Promise<void> {
  const path = join(out, PLAN);
  if (!existsSync(path)) {
    const [first] = readdirSync(out).filter((name) => !name.startsWith(".") && name !== "run.lock");
    if (first === undefined) return;
    throw new InputError(`${out} is not empty (it holds ${first}); choose a new folder`);
  }
  const saved = await readJson(path);
  const difference = firstDifference(saved, JSON.parse(JSON.stringify(plan)));
  if (difference === undefined) return;
  throw new InputError(
    `${out} holds another ${kind}: ${difference}; choose a new folder, or go on with its plan`,
  );
}

/**
 * Begins a study in a folder, or goes on there, and returns what frees the folder.
 *
 * @throws InputError when the folder holds something else, or another plan: with the first difference.
 */
export async function openFolder(study: StudyFolder): Promise<() => void> {
  const { out, plan } = study;
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw writeError(out, error);
  }
  const unlock = lockFolder(out);
  try {
    await expectSamePlan(study);
    await writeFileAtomic(join(out, PLAN), `${JSON.stringify(plan, undefined, 2)}\n`);
    return unlock;
  } catch (error) {
    unlock();
    throw error;
  }
}
