// The runs of a comparison in their order: for each budget the epochs of every method, its learning
// rate, then all methods seed by seed, so that pairs are complete as early as can be.

import { join } from "node:path";
import type { Dataset, Splits } from "../data/index.js";
import { InputError } from "../inputError.js";
import { finish } from "../study/run.js";
import { mean, sum } from "../study/statistics.js";
import { merit, type Score } from "../tasks/index.js";
import type { OwnParts, TrainConfig, TrainEvent, TrainSettings } from "../train/index.js";
import { type Outcome, type Result, resultOf } from "./outcome.js";
import {
  type BudgetName,
  folderName,
  gradientEpochs,
  isOwnPace,
  type Plan,
  type PlannedScore,
  particlesOf,
  settingsOf,
} from "./plan.js";

/** What a run is for: to learn how long an epoch takes, to choose a rate, or to be compared. */
export type Purpose = "probe" | "tuning" | "run";

/** A run of the comparison. */
export interface Job {
  readonly purpose: Purpose;
  readonly budget: BudgetName;
  readonly method: string;
  readonly seed: number;
  /** Set where it is tuned. */
  readonly lr?: number;
  readonly epochs: number;
  /** Set where a method's epochs do not all cost the same: what ends its runs. */
  readonly limit?: Pick<TrainConfig, "gradients" | "minutes">;
  /** Relative to the comparison's folder. */
  readonly folder: string;
}

/** Where a comparison stands: at an event of a run, or behind a run when there is none. */
export interface StudyProgress {
  readonly job: Job;
  readonly event?: TrainEvent;
  /** Runs that are over, and all there will be. */
  readonly done: number;
  readonly total: number;
  /** The metric that decides. */
  readonly score: PlannedScore;
  /** Of a run to be compared that is over. */
  readonly outcome?: Outcome;
}

/** What a course needs. */
export interface CourseOptions {
  readonly out: string;
  readonly source: Splits & { readonly test: Dataset };
  readonly model?: OwnParts["model"];
  readonly signal?: AbortSignal;
  /** Hears of every event of every run; the comparison waits for it. */
  readonly watch?: (standing: StudyProgress) => void | Promise<void>;
}

/** Epochs of a run that something else ends, for each that its budget would pay for. */
const UNENDING = 100;

/** Epochs of a run that metrics time; the first does not count. */
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

/** All runs of a plan. */
export class Study {
  readonly outcomes: Outcome[] = [];
  private done = 0;
  private readonly total: number;

  constructor(
    private readonly plan: Plan,
    private readonly options: CourseOptions,
  ) {
    const { budgets, methods, seeds, tuning } = plan;
    const paced = methods.filter(({ name }) => !isOwnPace(plan, name)).length;
    const tuned = tuning ? tuning.lrs.length * tuning.seeds.length : 0;
    this.total = budgets.length * (methods.length * seeds.length + paced * tuned);
    if (!budgets.includes("gradients")) this.total += paced;
  }

  /**
   * Does what is left to do.
   *
   * @throws Stopped when it was interrupted.
   */
  async go(): Promise<void> {
    for (const budget of this.plan.budgets) await this.spend(budget);
  }

  private async spend(budget: BudgetName): Promise<void> {
    const { methods, seeds } = this.plan;
    const settled: Pick<Job, "method" | "epochs" | "limit" | "lr">[] = [];
    for (const { name: method } of methods) {
      if (isOwnPace(this.plan, method)) {
        const epochs = UNENDING * this.plan.epochs;
        settled.push({ method, epochs, limit: this.limitOf(budget) });
        continue;
      }
      const epochs = await this.epochsOf(budget, method);
      settled.push({ method, epochs, lr: await this.rateOf(budget, method, epochs) });
    }
    for (const seed of seeds) {
      for (const one of settled) await this.compare({ budget, seed, ...one });
    }
  }

  private async compare(key: Omit<Job, "purpose" | "folder">) {
    const folder = join(key.budget, folderName(key.method), `${key.seed}`);
    const job: Job = { ...key, purpose: "run", folder };
    const { finished } = await this.finish(job, this.options.source);
    const particles = particlesOf(this.plan, key.method);
    const result = finished && resultOf(finished.summary, sum(finished.epochSeconds));
    const { budget, method, seed, lr } = key;
    const epochs = key.limit && finished ? finished.summary.epochs : key.epochs;
    const outcome: Outcome = { budget, method, seed, lr, epochs, folder, particles, result };
    this.outcomes.push(outcome);
    await this.over(job, outcome);
  }

  /** What a budget pays for. */
  private limitOf(budget: BudgetName): Job["limit"] {
    if (budget === "gradients") return { gradients: this.plan.epochs };
    return { minutes: this.wallSeconds() / 60 };
  }

  /** Epochs of each net of a method. */
  private async epochsOf(budget: BudgetName, method: string): Promise<number> {
    if (budget === "gradients" || this.onlyDiverged(method)) {
      return gradientEpochs(this.plan, method);
    }
    const available = this.wallSeconds();
    const needed = await this.epochSeconds(method);
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
  private async epochSeconds(method: string): Promise<number> {
    const runs = this.finishedRuns(method);
    if (runs.length === 0) return this.probe(method);
    return mean(runs.map(({ seconds }) => seconds)) / gradientEpochs(this.plan, method);
  }

  private async probe(method: string): Promise<number> {
    const { tuning, seeds } = this.plan;
    const folder = join("wall", folderName(method), "probe");
    const lr = tuning && Math.min(...tuning.lrs);
    const [seed, epochs] = [seeds[0], PROBE_EPOCHS];
    const job: Job = { purpose: "probe", budget: "wall", method, seed, lr, epochs, folder };
    const { finished } = await this.untested(job);
    if (finished) return mean(finished.epochSeconds.slice(1));
    throw new InputError(
      `${method} diverged while its time was measured; give it a smaller learning rate`,
    );
  }

  /** The rate that does best on the selection sets of the tuning seeds, where rates are tuned. */
  private async rateOf(budget: BudgetName, method: string, epochs: number) {
    const { tuning } = this.plan;
    if (!tuning) return undefined;
    const { better } = this.plan.score;
    // A rate that diverges is worse than any other.
    const worst = better === "higher" ? 0 : Number.POSITIVE_INFINITY;
    const scores: { lr: number; score: number }[] = [];
    for (const seed of tuning.seeds) {
      for (const lr of tuning.lrs) {
        const folder = join(budget, folderName(method), "tuning", `${lr}`, `${seed}`);
        const job: Job = { purpose: "tuning", budget, method, seed, lr, epochs, folder };
        const { finished } = await this.untested(job);
        scores.push({ lr, score: finished?.summary.best?.score ?? worst });
      }
    }
    return bestRate(scores, better);
  }

  /** A run without the test set, which only compared runs may touch. */
  private async untested(job: Job) {
    const { train, selection } = this.options.source;
    const ended = await this.finish(job, { train, selection });
    await this.over(job);
    return ended;
  }

  private finish(job: Job, data: Splits) {
    const { out, model, signal, watch } = this.options;
    const { done, total } = this;
    const settings: Partial<TrainSettings> = {
      ...settingsOf(this.plan, job.method),
      epochs: job.epochs,
      ...job.limit,
      seed: job.seed,
      ...(job.lr !== undefined && { lr: job.lr }),
    };
    const listeners = watch && [
      (event: TrainEvent) => watch({ job, event, done, total, score: this.plan.score }),
    ];
    return finish(join(out, job.folder), settings, { data, model, signal, listeners });
  }

  private async over(job: Job, outcome?: Outcome): Promise<void> {
    this.done++;
    await this.options.watch?.({
      job,
      outcome,
      done: this.done,
      total: this.total,
      score: this.plan.score,
    });
  }
}
