// What a search has tried, on disk: trials.json, replaced as a whole after each change.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { readJson } from "../../files/json.js";
import { InputError } from "../../inputError.js";
import type { Told } from "../../search/index.js";
import { brief } from "../../text/words.js";
import { lossOf, type Objective } from "./objectives.js";

const setting = z.union([z.number(), z.string(), z.boolean()]);

const schema = z.strictObject({
  trials: z.array(
    z.strictObject({
      settings: z.record(z.string(), setting),
      from: z.int().min(0).optional(),
      until: z.int().min(1).optional(),
      /** Folder of its run: {@link runOf} its number, or of a run that was made before the whole path. */
      run: z.string(),
      /** Values of the objectives by name, null for one that cannot be told; absent while it runs, and when it failed. */
      values: z.record(z.string(), z.number().nullable()).optional(),
      /** Epochs that its run had done at its end. */
      epochs: z.int().min(0).optional(),
      /** Why it failed. */
      failed: z.string().optional(),
      /** Whether it is a run that was made before. */
      imported: z.literal(true).optional(),
    }),
  ),
});

/** A trial: what was proposed, where it ran, and what became of it. */
export type TrialRecord = z.output<typeof schema>["trials"][number];

/** The file, in the folder of a study. */
export const TRIALS = "trials.json";

/** The run folder of a trial, in the folder of its study. */
export const runOf = (number: number): string => `trials/${String(number).padStart(4, "0")}`;

type Named = readonly Pick<Objective, "name">[];

/**
 * What is wrong with a trial, if anything. A search writes and deletes in the folders of its trials, so they are nowhere
 * else; a run that was made before is over, and only read.
 */
function problemOf(
  { run, imported, from, until, values }: TrialRecord,
  number: number,
  objectives: Named,
): string | undefined {
  if (imported && !(values && from === undefined && until === undefined)) {
    return "was made before the search, so it has values and continues nothing";
  }
  if (!imported && run !== runOf(number)) {
    return `its run is "${brief(run)}"; expected "${runOf(number)}"`;
  }
  if (from !== undefined && from >= number) {
    return `continues trial ${from}; expected one before it`;
  }
  if (!values) return undefined;
  const [found, expected] = [Object.keys(values), objectives.map(({ name }) => name)].map((names) =>
    names.sort().join(", "),
  );
  return found === expected
    ? undefined
    : `has values of ${found || "nothing"}; expected ${expected}`;
}

/**
 * Trials that a folder knows; none before the first one.
 *
 * @throws InputError for a file that is damaged, and for a trial that no search with these objectives has written.
 */
export async function readTrials(out: string, objectives: Named): Promise<readonly TrialRecord[]> {
  const path = join(out, TRIALS);
  if (!existsSync(path)) return [];
  const { trials } = await readJson(path, schema);
  for (const [number, trial] of trials.entries()) {
    const problem = problemOf(trial, number, objectives);
    if (problem) throw new InputError(`${path}: trial ${number}: ${problem}`);
  }
  return trials;
}

/** A trial a line. */
export async function writeTrials(out: string, trials: readonly TrialRecord[]): Promise<void> {
  const lines = trials.map((trial) => `  ${JSON.stringify(trial)}`);
  await writeFileAtomic(join(out, TRIALS), `{"trials": [\n${lines.join(",\n")}\n]}\n`);
}

/** A trial as a search is told of it. */
export function toldOf(
  { settings, from, until, values, failed }: TrialRecord,
  objectives: readonly Pick<Objective, "name" | "better">[],
): Told {
  const trial = {
    settings,
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
  if (failed !== undefined) return { ...trial, losses: objectives.map(() => Number.NaN) };
  if (!values) return trial;
  return {
    ...trial,
    losses: objectives.map((one) => lossOf(one, values[one.name] ?? Number.NaN)),
  };
}
