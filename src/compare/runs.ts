// The runs of a comparison in their order: for each budget the epochs of every method, its learning
// rate, then all methods seed by seed, so that pairs are complete as early as can be.

import { join } from "node:path";
import type { Dataset, Splits } from "../data/index.js";
import { InputError } from "../inputError.js";
import type { RunOutcome } from "../study/run.js";
import { mean, sum } from "../study/statistics.js";
import type { Course, StudyRun } from "../study/study.js";
import { merit, type Score } from "../tasks/index.js";
import type { OwnParts, TrainConfig } from "../train/index.js";
import { type Outcome, type Result, resultOf } from "./outcome.js";
import {
  type BudgetName,
  folderName,
  gradientEpochs,
  isOwnPace,
  type Plan,
  particlesOf,
  settingsOf,
} from "./plan.js";

/** What a run is for: to learn how long an epoch takes, to choose a rate, or to be compared. */
export type Purpose = "probe" | "tuning" | "run";

/** What a run of the comparison is made from. */
interface JobKey {
  readonly purpose: Purpose;
  readonly budget: BudgetName;
  readonly method: string;
  readonly seed: number;
  /** Set where it is tuned. */
  readonly lr?: number;
  readonly epochs: number;
  /** Set where a method's epochs do not all cost the same: what ends its runs. */
  readonly limit?: Pick<TrainConfig, "gradients" | "minutes">;
}

/** A run of the comparison. */
export type Job = JobKey & StudyRun;

/** The data of a comparison, as they were opened, and a model of one's own. */
export interface Material {
  readonly source: Splits & { readonly test: Dataset };
  readonly model?: OwnParts["model"];
  readonly task?: OwnParts["task"];
}

/** Epochs of a run that something else ends, for each that its budget would pay for. */
const UNENDING = 100;

/** Epochs of a run that measures time; the first does not count. */
const PROBE_EPOCHS = 3;

/** The rate with the best mean score; of equals the first. */
export function bestRate(
  scores: readonly { readonly lr: number; readonly score: number }[],
  better: Score["better"] = "higher",
) {
  const rates = [...new Set(scores.map(({ lr }) => lr))].map((lr) => ({
    lr,
    score: mean(scores.filter((one) => one.lr === lr).map(({ score }) => score)),
  }));
  return rates.reduce((best, one) =>
    merit({ better }, one.score) > merit({ better }, best.score) ? one : best,
  ).lr;
}

/** What a compared run came to. */
export function outcomeOf(plan: Plan, job: Job, { finished }: RunOutcome): Outcome {
  const { budget, method, seed, lr, folder } = job;
  return {
    ...{ budget, method, seed, lr, folder },
    epochs: job.limit && finished ? finished.summary.epochs : job.epochs,
    particles: particlesOf(plan, method),
    result: finished && resultOf(finished.summary, sum(finished.epochSeconds)),
  };
}

/** All runs of a plan. */
export class Runs {
  private readonly outcomes: Outcome[] = [];
  /** Runs of the whole plan. */
  readonly total: number;

  constructor(
    private readonly plan: Plan,
    private readonly material: Material,
  ) {
    const { budgets, methods, seeds, tuning } = plan;
    const paced = methods.filter(({ name }) => !isOwnPace(plan, name)).length;
    const tuned = tuning ? tuning.lrs.length * tuning.seeds.length : 0;
    const probes = budgets.includes("gradients") ? 0 : paced;
    this.total = budgets.length * (methods.length * seeds.length + paced * tuned) + probes;
  }

  *course(): Course<Job> {
    for (const budget of this.plan.budgets) yield* this.spend(budget);
  }

  private *spend(budget: BudgetName): Course<Job> {
    const { methods, seeds } = this.plan;
    const settled: Pick<Job, "method" | "epochs" | "limit" | "lr">[] = [];
    for (const { name: method } of methods) {
      if (isOwnPace(this.plan, method)) {
        const epochs = UNENDING * this.plan.epochs;
        settled.push({ method, epochs, limit: this.limitOf(budget) });
        continue;
      }
      const epochs = yield* this.epochsOf(budget, method);
      settled.push({ method, epochs, lr: yield* this.rateOf(budget, method, epochs) });
    }
    for (const seed of seeds) {
      for (const one of settled) yield* this.compared({ purpose: "run", budget, seed, ...one });
    }
  }

  private *compared(key: JobKey): Course<Job> {
    const job = this.job(key, `${key.seed}`);
    this.outcomes.push(outcomeOf(this.plan, job, yield job));
  }

  /** What a budget pays for. */
  private limitOf(budget: BudgetName): Job["limit"] {
    if (budget === "gradients") return { gradients: this.plan.epochs };
    return { minutes: this.wallSeconds() / 60 };
  }

  /** Epochs of each net of a method. */
  private *epochsOf(budget: BudgetName, method: string): Course<Job, number> {
    if (budget === "gradients" || this.onlyDiverged(method)) {
      return gradientEpochs(this.plan, method);
    }
    const available = this.wallSeconds();
    const needed = yield* this.epochSeconds(method);
    const epochs = Math.round(available / needed);
    if (epochs >= 1) return epochs;
    throw new InputError(
      `an epoch of ${method} takes ${needed.toFixed(2)} s, more than the wall budget of ` +
        `${available.toFixed(2)} s; give more seconds`,
    );
  }

  /** Finished runs of a method under the gradient budget. */
  private finishedRuns(method: string): Result[] {
    return this.outcomes.flatMap((one) =>
      one.method === method && one.budget === "gradients" ? (one.result ?? []) : [],
    );
  }

  /** Whether there is no run to tell a method's time, and no use in measuring it. */
  private onlyDiverged(method: string): boolean {
    return this.plan.budgets.includes("gradients") && this.finishedRuns(method).length === 0;
  }

  private wallSeconds(): number {
    const { baseline, seconds } = this.plan;
    if (seconds !== undefined) return seconds;
    const runs = this.finishedRuns(baseline);
    if (runs.length > 0) return mean(runs.map(({ seconds }) => seconds));
    throw new InputError(
      `all runs of ${baseline} diverged, so that their time is no budget; give a number of seconds`,
    );
  }

  /** Time of an epoch: that of the method's runs under the gradient budget, or measured now. */
  private *epochSeconds(method: string): Course<Job, number> {
    const runs = this.finishedRuns(method);
    if (runs.length === 0) return yield* this.probe(method);
    return mean(runs.map(({ seconds }) => seconds)) / gradientEpochs(this.plan, method);
  }

  private *probe(method: string): Course<Job, number> {
    const { tuning, seeds } = this.plan;
    const lr = tuning && Math.min(...tuning.lrs);
    const [seed, epochs] = [seeds[0], PROBE_EPOCHS];
    const key: JobKey = { purpose: "probe", budget: "wall", method, seed, lr, epochs };
    const { finished } = yield this.job(key, "probe");
    if (finished) return mean(finished.epochSeconds.slice(1));
    throw new InputError(
      `${method} diverged while its time was measured; give it a smaller learning rate`,
    );
  }

  /** The rate that does best on the selection sets of the tuning seeds, where rates are tuned. */
  private *rateOf(
    budget: BudgetName,
    method: string,
    epochs: number,
  ): Course<Job, number | undefined> {
    const { tuning } = this.plan;
    if (!tuning) return undefined;
    const { better } = this.plan.score;
    // A rate that diverges is worse than any other.
    const worst = better === "higher" ? 0 : Number.POSITIVE_INFINITY;
    const scores: { lr: number; score: number }[] = [];
    for (const seed of tuning.seeds) {
      for (const lr of tuning.lrs) {
        const key: JobKey = { purpose: "tuning", budget, method, seed, lr, epochs };
        const { finished } = yield this.job(key, join("tuning", `${lr}`, `${seed}`));
        scores.push({ lr, score: finished?.summary.best?.score ?? worst });
      }
    }
    return bestRate(scores, better);
  }

  /** A run in the folder of its method; only those that are compared may touch the test set. */
  private job(key: JobKey, folder: string): Job {
    const { source, model, task } = this.material;
    const { train, selection } = source;
    return {
      ...key,
      folder: join(key.budget, folderName(key.method), folder),
      settings: {
        ...settingsOf(this.plan, key.method),
        epochs: key.epochs,
        ...key.limit,
        seed: key.seed,
        ...(key.lr !== undefined && { lr: key.lr }),
      },
      own: { data: key.purpose === "run" ? source : { train, selection }, model, task },
    };
  }
}
