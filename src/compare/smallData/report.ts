// What a small-data benchmark has found: a row a method, each compared with the first one on the same draws of images.

import { type Estimate, estimate, mean, std } from "../../study/statistics.js";
import type { TrainSettings } from "../../train/index.js";
import type { PlannedScore } from "../plan.js";
import type { SmallDataPlan } from "./plan.js";

/** A training with settings found. */
export interface SmallDataRun {
  readonly seed: number;
  /** On the test images; absent when it diverged. */
  readonly score?: number;
}

/** A method on one draw of images. */
export interface SplitResult {
  readonly method: string;
  /** From 0. */
  readonly split: number;
  /** What was found; absent where all trials have failed. */
  readonly settings?: Partial<TrainSettings>;
  readonly runs: readonly SmallDataRun[];
}

/** A method on all of its splits. */
export interface SmallDataRow {
  readonly method: string;
  readonly tuned: boolean;
  readonly results: readonly SplitResult[];
  readonly diverged: number;
  /** Mean over all runs; with two splits or more an interval over their means, else over the runs. */
  readonly value?: Estimate;
  /** Standard deviation over all runs; absent for fewer than two. */
  readonly std?: number;
  /** The value less that of the first method, paired by split, or with one split by seed; absent for the first one. */
  readonly versus?: Estimate;
}

/** What a benchmark comes to; `--json` prints it. */
export interface SmallDataReport {
  readonly score: PlannedScore;
  readonly data: string;
  readonly perClass: number;
  readonly splits: number;
  readonly seeds: number;
  readonly trials: number;
  /** What is searched; settings of these names are told of each result. */
  readonly space: string;
  /** Whether all runs of the plan are over. */
  readonly complete: boolean;
  readonly rows: readonly SmallDataRow[];
}

const scoresOf = ({ runs }: SplitResult): number[] => runs.flatMap(({ score }) => score ?? []);

/** What an interval is over: means of splits, or where there is but one its runs, by number of the split or seed. */
function units(results: readonly SplitResult[], splits: number): Map<number, number> {
  const known = results.filter((result) => scoresOf(result).length > 0);
  if (splits > 1) return new Map(known.map((one) => [one.split, mean(scoresOf(one))]));
  const runs = known.flatMap(({ runs }) => runs);
  return new Map(
    runs.flatMap(({ seed, score }) => (score === undefined ? [] : [[seed, score] as const])),
  );
}

function rowOf(
  { name: method, tuned }: SmallDataPlan["methods"][number],
  results: readonly SplitResult[],
  first: readonly SplitResult[] | undefined,
  splits: number,
): SmallDataRow {
  const scores = results.flatMap(scoresOf);
  const own = units(results, splits);
  const value = estimate([...own.values()]);
  const base = first && units(first, splits);
  const differences = base
    ? [...own].flatMap(([at, score]) => (base.has(at) ? [score - base.get(at)!] : []))
    : [];
  return {
    ...{ method, tuned, results },
    diverged: results.flatMap(({ runs }) => runs).length - scores.length,
    ...(value && { value }),
    ...(scores.length > 1 && { std: std(scores) }),
    ...(base && differences.length > 0 && { versus: estimate(differences)! }),
  };
}

/** Puts a benchmark's runs together, finished or not. */
export function reportOf(
  plan: SmallDataPlan,
  score: PlannedScore,
  results: readonly SplitResult[],
): SmallDataReport {
  const { methods, splits, seeds, perClass, trials, space, data } = plan;
  const of = (name: string) => results.filter(({ method }) => method === name);
  const [first] = methods;
  const over = results.reduce(
    (sum, { settings, runs }) => sum + (settings ? runs.length : seeds.length),
    0,
  );
  return {
    ...{ score, data: data.name, perClass, splits, seeds: seeds.length, trials, space },
    complete: over === methods.length * splits * seeds.length,
    rows: methods.map((method) =>
      rowOf(method, of(method.name), method === first ? undefined : of(first.name), splits),
    ),
  };
}
