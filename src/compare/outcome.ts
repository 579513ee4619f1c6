// What one run of a comparison came to, and the numbers by which methods are compared.

import { mean } from "../study/statistics.js";
import type { Score } from "../tasks/index.js";
import { byName } from "../text/words.js";
import type { Summary } from "../train/index.js";
import type { BudgetName } from "./plan.js";

/** Which run of the comparison it is. */
export interface RunKey {
  readonly budget: BudgetName;
  readonly method: string;
  readonly seed: number;
}

/** A run that is over; a row of results.csv. Scores are values of the metric that decides; shares are of 1. */
export interface Outcome extends RunKey {
  /** Its folder, relative to the comparison's. */
  readonly folder: string;
  /** The rate that was tuned, if one was. */
  readonly lr?: number;
  readonly particles: number;
  readonly epochs: number;
  /** Absent when it diverged; it then counts as worse than any run that did not. */
  readonly result?: Result;
}

/** What a run that did not diverge came to. */
export interface Result {
  /** The best epoch's score on the selection set. */
  readonly selection: number;
  /** The deployed net's on the test set. */
  readonly deployed: number;
  readonly testLoss: number;
  /** Each particle's on the test set; the deployed net's alone when there is no swarm. */
  readonly particles: readonly number[];
  /** Time of all epochs; neither start nor test count. */
  readonly seconds: number;
  /** Bytes that particles sent to each other; absent when there is no swarm. */
  readonly bytesSent?: number;
}

/** The numbers of a finished run. */
export function resultOf(summary: Summary, seconds: number): Result {
  const { score, best, test, particles, bytesSent } = summary;
  const deployed = test![score.metric];
  return {
    selection: best!.score,
    deployed,
    testLoss: test!.loss,
    particles: particles?.map((one) => one[score.metric]) ?? [deployed],
    seconds,
    bytesSent,
  };
}

/** A number that methods are compared by. */
export interface Metric {
  readonly name: string;
  readonly description: string;
  /** Whether it is better as the score is, or always when it is lower. */
  readonly better: "as score" | "lower";
  of(result: Result, better: Score["better"]): number;
}

const extreme = (values: readonly number[], largest: boolean) =>
  largest ? Math.max(...values) : Math.min(...values);

/** The best and the worst of some scores. */
export const bestOf = (scores: readonly number[], better: Score["better"]): number =>
  extreme(scores, better === "higher");
export const worstOf = (scores: readonly number[], better: Score["better"]): number =>
  extreme(scores, better === "lower");

export const metrics = [
  {
    name: "deployed",
    description: "test score of the deployed net",
    better: "as score",
    of: ({ deployed }) => deployed,
  },
  {
    name: "best",
    description: "test score of the best particle",
    better: "as score",
    of: ({ particles }, better) => bestOf(particles, better),
  },
  {
    name: "mean",
    description: "mean test score of the particles",
    better: "as score",
    of: ({ particles }) => mean(particles),
  },
  {
    name: "worst",
    description: "test score of the worst particle",
    better: "as score",
    of: ({ particles }, better) => worstOf(particles, better),
  },
  {
    name: "spread",
    description: "how far best and worst particle lie apart, in test score",
    better: "lower",
    of: ({ particles }) => Math.max(...particles) - Math.min(...particles),
  },
] as const satisfies readonly Metric[];

/** The metric with a name; throws an `InputError` when there is none. */
export const getMetric = (name: string): Metric => byName<Metric>("metric", name, metrics);
