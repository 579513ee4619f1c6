// What one run of a comparison came to, and the numbers by which methods are compared.

import { mean } from "../study/statistics.js";
import { byName } from "../text/words.js";
import type { Summary } from "../train/index.js";
import type { BudgetName } from "./plan.js";

/** Which run of the comparison it is. */
export interface RunKey {
  readonly budget: BudgetName;
  readonly method: string;
  readonly seed: number;
}

/** A run that is over; a row of results.csv. Accuracies are shares of 1. */
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
  /** The best epoch's accuracy on the selection set. */
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
export function resultOf({ best, test, particles, bytesSent }: Summary, seconds: number): Result {
  const deployed = test!.accuracy;
  return {
    selection: best!.accuracy,
    deployed,
    testLoss: test!.loss,
    particles: particles?.map(({ accuracy }) => accuracy) ?? [deployed],
    seconds,
    bytesSent,
  };
}

/** A number that methods are compared by. */
export interface Metric {
  readonly name: string;
  readonly description: string;
  /** 1 when more is better, -1 when less is. */
  readonly better: 1 | -1;
  of(result: Result): number;
}

const highest = ({ particles }: Result) => Math.max(...particles);
const lowest = ({ particles }: Result) => Math.min(...particles);

export const metrics = [
  {
    name: "deployed",
    description: "test accuracy of the deployed net",
    better: 1,
    of: ({ deployed }) => deployed,
  },
  { name: "best", description: "test accuracy of the best particle", better: 1, of: highest },
  {
    name: "mean",
    description: "mean test accuracy of the particles",
    better: 1,
    of: ({ particles }) => mean(particles),
  },
  { name: "worst", description: "test accuracy of the worst particle", better: 1, of: lowest },
  {
    name: "spread",
    description: "best less worst particle, in test accuracy",
    better: -1,
    of: (result) => highest(result) - lowest(result),
  },
] as const satisfies readonly Metric[];

/** The metric with a name; throws a `InputError` when there is none. */
export const getMetric = (name: string): Metric => byName<Metric>("metric", name, metrics);
