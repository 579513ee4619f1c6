// A comparison's folder: the plan, the tables, and a run folder for every run.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { firstDifference, type Plan } from "../compare/plan.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { makeFolder } from "../files/folders.js";
import { readJson } from "../files/json.js";
import { lockFolder } from "../files/lock.js";
import { InputError } from "../inputError.js";

/** Files of a comparison's folder, relative to it. */
export const compareFiles = {
  plan: "plan.json",
  results: "results.csv",
  tableMarkdown: "table.md",
  table: "table.csv",
  chart: "table.svg",
} as const;

async function expectSamePlan(out: string, plan: Plan): Promise<void> {
  const path = join(out, compareFiles.plan);
  if (!existsSync(path)) {
    const [first] = readdirSync(out).filter((name) => name !== "run.lock" && !name.startsWith("."));
    if (first === undefined) return;
    throw new InputError(`${out} is not empty (it holds ${first}); choose a new folder`);
  }
  const saved = await readJson(path, z.unknown());
  const difference = firstDifference(saved, JSON.parse(JSON.stringify(plan)));
  if (difference === undefined) return;
  throw new InputError(
    `${out} holds another comparison: ${difference}; choose a new folder, or go on with its plan`,
  );
}

/**
 * Begins a comparison in a folder, or goes on there, and returns what frees the folder.
 *
 * @throws InputError when the folder holds something else, or another plan: with the first difference.
 */
export async function openFolder(out: string, plan: Plan): Promise<() => void> {
  makeFolder(out);
  const lock = lockFolder(out);
  try {
    await expectSamePlan(out, plan);
    await writeFileAtomic(join(out, compareFiles.plan), `${JSON.stringify(plan, undefined, 2)}\n`);
    return () => lock.release();
  } catch (error) {
    lock.release();
    throw error;
  }
}
