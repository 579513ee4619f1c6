// Searches of settings: what their folders tell while they go on, and after.

import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../files/json.js";
import { isLocked } from "../files/lock.js";
import { paretoFront } from "../search/index.js";
import { searchFiles } from "../study/index.js";
import type { StudyParts, StudyRow, TrialRow } from "./api.js";
import { type FoundRun, findStudies, runIdOf } from "./findRuns.js";
import { readOwn, writtenAt } from "./ownFile.js";

const value = z.union([z.number(), z.string()]);

const plan = z.looseObject({
  sampler: z.string(),
  trials: z.number().optional(),
  objectives: z
    .array(
      z.looseObject({
        name: z.string(),
        better: z.enum(["higher", "lower"]),
        unit: z.enum(["share", "number"]).optional(),
      }),
    )
    .min(1),
  data: z.looseObject({ name: z.string() }),
});

const trials = z.object({
  trials: z.array(
    z.object({
      settings: z.record(z.string(), value),
      run: z.string(),
      values: z.record(z.string(), z.number().nullable()).optional(),
      epochs: z.number().optional(),
      until: z.number().optional(),
      failed: z.string().optional(),
    }),
  ),
});

/** A file of a study by a schema; `undefined` for one that is damaged, another program's, a link or not there. */
function fileOf<S extends z.ZodType>(
  { folder }: FoundRun,
  name: string,
  schema: S,
): z.output<S> | undefined {
  try {
    return schema.safeParse(parseJson(readOwn(join(folder, name)) ?? "null")).data;
  } catch {
    return undefined;
  }
}

type Objectives = z.output<typeof plan>["objectives"];

/**
 * Numbers of the trials that no other one beats in all objectives; of one objective the best. Where trials stop early those
 * that went furthest count.
 */
function frontOf(objectives: Objectives, rows: readonly TrialRow[]): readonly number[] {
  const over = rows.filter(({ values }) => values);
  const furthest = Math.max(...over.map(({ until = 0 }) => until));
  const some = over.filter(({ until = 0 }) => until === furthest);
  const told = some.map(({ settings, values }) => ({
    settings,
    losses: objectives.map(({ name, better }) => {
      const found = values![name] ?? Number.NaN;
      return better === "higher" ? -found : found;
    }),
  }));
  return paretoFront(told).map((at) => some[at].number);
}

/** The best value of the first objective. */
function bestOf(
  [{ name, better }]: Objectives,
  front: readonly number[],
  rows: readonly TrialRow[],
) {
  const found = front.flatMap((number) => rows[number].values?.[name] ?? []);
  if (found.length === 0) return undefined;
  return better === "higher" ? Math.max(...found) : Math.min(...found);
}

/** What is known of a study; `undefined` where its files cannot be read. */
export function studyOf(study: FoundRun, root: string): StudyParts | undefined {
  const [planned, told] = [
    fileOf(study, searchFiles.plan, plan),
    fileOf(study, searchFiles.trials, trials),
  ];
  if (!planned || !told) return undefined;
  const rows = told.trials.map((trial, number): TrialRow => {
    const { run, ...told } = trial;
    return { ...told, number, run: runIdOf(root, join(study.folder, run)) };
  });
  const over = rows.filter(({ values, failed }) => (values ?? failed) !== undefined).length;
  const { objectives, sampler, data } = planned;
  const front = frontOf(objectives, rows);
  return {
    ...{ id: study.id, path: study.path, data: data.name, sampler, objectives },
    isRunning: isLocked(study.folder),
    updated: Math.round(writtenAt(join(study.folder, searchFiles.trials)) ?? 0),
    planned: planned.trials,
    over,
    failed: rows.filter(({ failed }) => failed !== undefined).length,
    front,
    best: bestOf(objectives, front, rows),
    trials: rows,
  };
}

/** The studies of a folder, a row each; those that cannot be read are left out. */
export const studyRows = (root: string): StudyRow[] =>
  findStudies(root).flatMap((study) => {
    const { trials: _, ...row } = studyOf(study, root) ?? {};
    return "id" in row ? [row as StudyRow] : [];
  });
