// A study's folder: its plan, whatever tables are made of it, and a run folder for every run.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomicFile.js";
import { expectEmpty, makeFolder } from "../files/folders.js";
import { readJson } from "../files/json.js";
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

async function expectSamePlan({ out, plan, kind }: StudyFolder): Promise<void> {
  const path = join(out, PLAN);
  if (!existsSync(path)) return expectEmpty(out);
  const saved = await readJson(path, z.unknown());
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
  makeFolder(out);
  const lock = lockFolder(out);
  try {
    await expectSamePlan(study);
    await writeFileAtomic(join(out, PLAN), `${JSON.stringify(plan, undefined, 2)}\n`);
    return () => lock.release();
  } catch (error) {
    lock.release();
    throw error;
  }
}
