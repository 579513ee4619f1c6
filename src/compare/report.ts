// What the finished runs say: a row a method, each compared with the baseline, paired by seed.

import {
  binomialError,
  type Estimate,
  estimate,
  mean,
  type Tally,
  tally,
} from "../study/statistics.js";
import { merit } from "../tasks/index.js";
import { bestOf, type Metric, type Outcome, type Result, worstOf } from "./outcome.js";
import type { BudgetName, Plan, PlannedScore } from "./plan.js";

/** A method beside the baseline. Differences are the method's value less the baseline's. */
export interface Versus extends Tally {
  /** Seeds with a finished run of both, in the order of the plan. */
  readonly pairs: readonly { readonly seed: number; readonly difference: number }[];
  readonly difference?: Estimate;
}

/** A method under a budget. Scores are values of the metric that decides; shares are of 1. */
export interface Row {
  readonly method: string;
  /** The rate that was tuned, if one was. */
  readonly lr?: number;
  /** Of a run that is over; absent before the first one is. */
  readonly particles?: number;
  readonly epochs?: number;
  /** Runs that are over, and those of them that diverged. */
  readonly runs: number;
  readonly diverged: number;
  /** The metric's value in each finished run, in the order of the plan's seeds. */
  readonly values: readonly number[];
  readonly value?: Estimate;
  /** Means of test scores over the finished runs. */
  readonly scores?: {
    readonly deployed: number;
    readonly best: number;
    readonly mean: number;
    readonly worst: number;
  };
  /** Mean time of a run. */
  readonly seconds?: number;
  /** Mean of the bytes that particles sent to each other in a run; absent when there is no swarm. */
  readonly bytesSent?: number;
  /** Absent for the baseline itself. */
  readonly versus?: Versus;
}

/** All methods under one budget. */
export interface BudgetTable {
  readonly budget: BudgetName;
  readonly rows: readonly Row[];
}

/** What a comparison comes to; `--json` prints it. */
export interface Comparison {
  readonly baseline: string;
  /** The number that methods are compared by. */
  readonly metric: string;
  readonly seeds: number;
  /** Whether all runs of the plan are over. */
  readonly complete: boolean;
  readonly tables: readonly BudgetTable[];
  readonly testImages: number;
  /** The metric that decides, and how it is read. */
  readonly score: PlannedScore;
  /** Binomial standard error of one run's test accuracy, at the baseline's mean; of no other metric. */
  readonly standardError?: number;
  /** What a reader should know before believing the numbers. */
  readonly notes: readonly string[];
}

/** How much better `a` is than `b`; a run that diverged is worse than any other. */
function advantage(a: Outcome, b: Outcome, metric: Metric, score: PlannedScore): number {
  const better = metric.better === "lower" ? "lower" : score.better;
  if (a.result && b.result) {
    const [own, other] = [a.result, b.result].map((one) => metric.of(one, score.better));
    return merit({ better }, own) - merit({ better }, other);
  }
  return Number(a.result !== undefined) - Number(b.result !== undefined);
}

/** Compares runs with those of the baseline that have the same seed. */
export function versus(
  runs: readonly Outcome[],
  baseline: readonly Outcome[],
  metric: Metric,
  score: PlannedScore,
): Versus {
  const paired = runs.flatMap((run) => {
    const other = baseline.find(({ seed }) => seed === run.seed);
    return other ? [{ run, other }] : [];
  });
  const of = (result: Result) => metric.of(result, score.better);
  const pairs = paired.flatMap(({ run, other }) =>
    run.result && other.result
      ? [{ seed: run.seed, difference: of(run.result) - of(other.result) }]
      : [],
  );
  return {
    pairs,
    difference: estimate(pairs.map(({ difference }) => difference)),
    ...tally(paired.map(({ run, other }) => advantage(run, other, metric, score))),
  };
}

function meanBytes(results: readonly Result[]): number | undefined {
  const bytes = results.flatMap(({ bytesSent }) => bytesSent ?? []);
  return bytes.length === 0 ? undefined : mean(bytes);
}

function rowOf(
  method: string,
  runs: readonly Outcome[],
  baseline: readonly Outcome[] | undefined,
  metric: Metric,
  score: PlannedScore,
): Row {
  const results = runs.flatMap(({ result }) => result ?? []);
  const { better } = score;
  const values = results.map((result) => metric.of(result, better));
  const scores = results.map(({ particles }) => particles);
  const first = runs.at(0);
  return {
    method,
    lr: first?.lr,
    particles: first?.particles,
    epochs: first?.epochs,
    runs: runs.length,
    diverged: runs.length - results.length,
    values,
    value: estimate(values),
    scores:
      results.length === 0
        ? undefined
        : {
            deployed: mean(results.map(({ deployed }) => deployed)),
            best: mean(scores.map((particles) => bestOf(particles, better))),
            mean: mean(scores.map(mean)),
            worst: mean(scores.map((particles) => worstOf(particles, better))),
          },
    seconds: results.length === 0 ? undefined : mean(results.map(({ seconds }) => seconds)),
    bytesSent: meanBytes(results),
    versus: baseline && versus(runs, baseline, metric, score),
  };
}

function tableOf(
  budget: BudgetName,
  plan: Plan,
  outcomes: readonly Outcome[],
  metric: Metric,
): BudgetTable {
  const runsOf = (method: string) =>
    plan.seeds.flatMap((seed) =>
      outcomes.filter((one) => one.budget === budget && one.method === method && one.seed === seed),
    );
  const baseline = runsOf(plan.baseline);
  return {
    budget,
    rows: plan.methods.map(({ name }) =>
      rowOf(name, runsOf(name), name === plan.baseline ? undefined : baseline, metric, plan.score),
    ),
  };
}

/** What is doubtful about a row. */
function doubts({ method, lr, runs, diverged, versus: beside }: Row, plan: Plan): string[] {
  const found: string[] = [];
  if (diverged > 0) {
    found.push(
      `${method}: ${diverged} of ${runs} runs diverged; means leave them out, and each loses ` +
        "against a run that did not",
    );
  }
  if (beside && plan.seeds.length > 1 && beside.pairs.length < 2) {
    found.push(
      `${method}: finished together with ${plan.baseline} for ${beside.pairs.length} of ${plan.seeds.length} ` +
        "seeds; an interval needs two",
    );
  }
  const lrs = plan.tuning?.lrs ?? [];
  if (lr !== undefined && lrs.length > 1 && [Math.min(...lrs), Math.max(...lrs)].includes(lr)) {
    found.push(`${method}: its rate ${lr} lies at the edge of those tried; try more beyond it`);
  }
  return found;
}

/** Puts a comparison's runs together, finished or not. */
export function report(plan: Plan, outcomes: readonly Outcome[], metric: Metric): Comparison {
  const tables = plan.budgets.map((budget) => tableOf(budget, plan, outcomes, metric));
  const accuracy =
    plan.score.metric === "accuracy"
      ? tables
          .map(({ rows }) => rows.find(({ method }) => method === plan.baseline)?.scores?.deployed)
          .find((one) => one !== undefined)
      : undefined;
  const planned = plan.budgets.length * plan.methods.length * plan.seeds.length;
  const several = tables.length > 1;
  return {
    baseline: plan.baseline,
    metric: metric.name,
    seeds: plan.seeds.length,
    complete: outcomes.length === planned,
    tables,
    testImages: plan.data.test,
    score: plan.score,
    standardError: accuracy === undefined ? undefined : binomialError(accuracy, plan.data.test),
    notes: [
      ...(outcomes.length < planned
        ? [`${outcomes.length} of ${planned} runs are over; the rest may change everything`]
        : []),
      ...(plan.seeds.length === 1
        ? ["one seed: intervals are unknown, and so is whether a difference is more than chance"]
        : []),
      ...tables.flatMap(({ budget, rows }) =>
        rows
          .flatMap((row) => doubts(row, plan))
          .map((doubt) => (several ? `${budget}: ${doubt}` : doubt)),
      ),
    ],
  };
}
