// A learning rate by short trainings: what it is to do well at, it does, and is scored on images that were held out
// and chose nothing. Range tests, in which the rate rises from step to step, see neither the schedule nor how momentum
// and batch statistics settle; see docs/results/tuning.md for where they lead.

import { join } from "node:path";
import { type Splits, splitSelection } from "../data/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import { getOptimizer, isSelfPaced, type Optimizer } from "../optim/index.js";
import { namedTask } from "../train/chooseTask.js";
import { type Fingerprint, fingerprint } from "../train/fingerprint.js";
import { type OwnParts, parseConfig, type TrainSettings } from "../train/index.js";
import { openData } from "../train/openData.js";
import { loadModule, type ModuleInfo } from "../train/ownModule.js";
import { prepare } from "../train/prepare.js";
import { rateFiles, ratesChart, ratesTable } from "./rateReport.js";
import {
  betterHalf,
  extension,
  finalRate,
  middleOfBest,
  type RateScore,
  type Verdict,
  verdictOf,
} from "./rates.js";
import { constantScore, type ScoreScale, scoreOf, standardError } from "./score.js";
import { countFrom, TUNING_OFFSET } from "./seeds.js";
import { mean } from "./statistics.js";
import { type Course, runStudy, type StudyProgress, type StudyRun } from "./study.js";

/** What to tune a rate for. */
export interface TuneSettings {
  /** Those of the training that the rate is for, all but `lr`; `data` is needed. */
  readonly settings: Partial<TrainSettings>;
  /** The study's folder. */
  readonly out: string;
  /** Rates to try first; default {@link defaultRates}. */
  readonly lrs?: readonly number[];
  /**
   * Runs of each rate in the first round, each with a seed of its own. Default: as many as it takes to score a rate
   * on 1,000 images, from 2 to 10.
   */
  readonly seeds?: number;
}

/** A run of one rate. */
export interface RateRun extends StudyRun {
  readonly lr: number;
  readonly seed: number;
}

/** What will be done, told before it is. */
export interface TunePlan {
  readonly scale: ScoreScale;
  readonly lrs: readonly number[];
  /** Of the first round; the second one's follow them. */
  readonly seeds: readonly number[];
  readonly epochs: number;
  /** Most runs, unless the best rate lies at an end of `lrs`. */
  readonly runs: number;
  /** Images that a run learns from, chooses its best epoch by and is scored on. */
  readonly images: { readonly train: number; readonly selection: number; readonly held: number };
}

/** Where a study stands; see `StudyProgress`. */
export interface TuneProgress extends StudyProgress<RateRun> {
  readonly plan: TunePlan;
}

/** How {@link tuneRate} is watched and steered. */
export interface TuneOptions extends OwnParts {
  /** When it aborts, the current run is saved and the study ends; call again to go on. */
  readonly signal?: AbortSignal;
  /** Told once, before the first run. */
  readonly onPlan?: (plan: TunePlan) => void;
  /** Hears of every event of every run. */
  readonly watch?: (progress: TuneProgress) => void | Promise<void>;
}

/** What a study of rates comes to. Scores are those of the task on held-out images; shares are of 1. */
export interface TunedRate {
  /**
   * `named`; `alike` when chance could have made all differences between the rates; `unlearned` when no rate
   * did better than always the same answer does.
   */
  readonly verdict: Verdict;
  /** The rate, with the verdict `named` alone. */
  readonly lr?: number;
  /** Its mean score, and the standard error of that: what seeds and images do. One training does not tell it. */
  readonly score?: number;
  readonly standardError?: number;
  /** Which metric decided, how it is read, and what always the same answer scores. */
  readonly scale: ScoreScale;
  /** All rates that were tried, rising. */
  readonly rates: readonly RateScore[];
}

/** Rates tried first: half a power of ten apart. */
export const defaultRates: readonly number[] = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

/** Images that a rate is scored on in the first round: a standard error of a point, at 90 %. */
const ENOUGH = 1000;
/** A rate near the one at which trainings fail does so with some seeds only. */
const LEAST_SEEDS = 2;
const MOST_SEEDS = 10;

/** Runs of the middle rate, for each one of the first round. */
const MIDDLE = 2;

/** The largest part of the training images that is held out of a run. */
const MOST_HELD = 0.25;

/** Settings that a tuned training may not have. */
export const untuned = ["lr", "out", "minutes"] as const;

/** Everything that decides a study's numbers; plan.json. */
interface Plan {
  readonly lrs: readonly number[];
  readonly seeds: number;
  readonly settings: Partial<TrainSettings>;
  readonly data: Fingerprint;
  /** The file that the setting `module` names. */
  readonly module?: ModuleInfo;
}

function checkSettings({ settings, lrs, seeds }: TuneSettings): void {
  const name = untuned.find((one) => settings[one] !== undefined);
  if (name !== undefined) {
    throw new InputError(`setting ${name}: a study of learning rates decides it; leave it out`);
  }
  const wrong = lrs?.find((lr, at) => !(lr > 0 && lr < Infinity) || lrs.indexOf(lr) !== at);
  if (wrong !== undefined) {
    throw new InputError(`learning rate ${wrong}: expected positive numbers, each once`);
  }
  if (lrs?.length === 0) throw new InputError("there is no learning rate to choose from");
  if (seeds !== undefined && !(Number.isInteger(seeds) && seeds >= 1 && seeds <= 500)) {
    throw new InputError(`the number of seeds is ${seeds}; expected a whole number from 1 to 500`);
  }
}

function expectRate(optimizer: Optimizer): void {
  if (!isSelfPaced(optimizer)) return;
  throw new InputError(
    `setting optimizer: ${optimizer.name} finds the lengths of its steps itself; it has no rate to tune`,
  );
}

/** A source as a run of a seed has it: some of the training images are its test set. */
function holdOut(
  { train, selection }: Splits,
  seed: number,
): Splits & Required<Pick<Splits, "test">> {
  const fraction = Math.min(MOST_HELD, ENOUGH / train.length);
  const { train: left, selection: held } = splitSelection(train, { seed, fraction });
  return { train: left, selection, test: held };
}

/** The runs of a plan and what they come to. */
class RateStudy {
  private readonly rates = new Map<number, { scores: number[]; diverged: boolean }>();
  /** The source as the last run had it: rates take turns within a seed. */
  private held?: { readonly seed: number; readonly data: Splits };

  constructor(
    private readonly plan: TunePlan,
    private readonly settings: Partial<TrainSettings>,
    private readonly own: OwnParts & { readonly data: Splits },
  ) {}

  *course(): Course<RateRun, TunedRate> {
    const { lrs, seeds } = this.plan;
    yield* this.round(lrs, seeds);
    for (let more = this.beyond(); more !== undefined; more = this.beyond()) {
      yield* this.round([more], seeds);
    }
    const verdict = verdictOf(this.found(), this.plan.scale);
    if (verdict !== "named") return this.result(verdict);
    const later = seeds.map((seed) => seed + seeds.length);
    yield* this.round(betterHalf(this.found(), this.plan.scale), later);
    const middle = middleOfBest(this.found(), this.plan.scale);
    if (middle !== undefined && !this.rates.has(middle)) {
      yield* this.round([middle], [...seeds, ...later]);
    }
    return this.result(verdict, finalRate(this.found(), middle, this.plan.scale));
  }

  /** A rate beyond the grid, if one is worth a try. */
  private beyond(): number | undefined {
    const rates = this.found();
    if (verdictOf(rates, this.plan.scale) === "alike") return undefined;
    return extension(rates, this.plan.lrs, this.plan.scale);
  }

  /** All rates seed by seed. */
  private *round(lrs: readonly number[], seeds: readonly number[]): Course<RateRun> {
    for (const seed of seeds) {
      for (const lr of lrs) {
        const rate = this.rates.get(lr) ?? { scores: [], diverged: false };
        this.rates.set(lr, rate);
        if (rate.diverged) continue;
        const score = scoreOf(yield this.run(lr, seed));
        if (score === undefined) rate.diverged = true;
        else rate.scores.push(score);
      }
    }
  }

  private run(lr: number, seed: number): RateRun {
    if (this.held?.seed !== seed) this.held = { seed, data: holdOut(this.own.data, seed) };
    return {
      ...{ lr, seed, own: { ...this.own, data: this.held.data } },
      folder: join(`${lr}`, `${seed}`),
      settings: { ...this.settings, lr, seed },
      keepWeights: false,
    };
  }

  /** All rates so far, rising. */
  found(): RateScore[] {
    return [...this.rates]
      .map(([lr, { scores, diverged }]) => ({ lr, scores: [...scores], diverged }))
      .sort((a, b) => a.lr - b.lr);
  }

  private result(verdict: Verdict, rate?: RateScore): TunedRate {
    const { scale } = this.plan;
    return {
      ...{ verdict, scale, rates: this.found() },
      ...(rate && {
        lr: rate.lr,
        score: mean(rate.scores),
        ...(rate.scores.length > 1 && { standardError: standardError(rate.scores, scale) }),
      }),
    };
  }
}

/** What a study of these settings will do. Ends here for what cannot be trained. */
async function planOf(
  { settings, lrs = defaultRates, seeds }: TuneSettings,
  own: OwnParts & { readonly data: Splits },
): Promise<TunePlan> {
  const data = holdOut(own.data, parseConfig(settings).seed);
  const { config, splits, score, question } = await prepare(
    { ...settings, lr: lrs[0] },
    { ...own, data },
  );
  const [train, selection, held] = [splits.train, splits.selection, data.test].map(
    ({ length }) => length,
  );
  const needed = Math.min(MOST_SEEDS, Math.max(LEAST_SEEDS, Math.ceil(ENOUGH / held)));
  const count = seeds ?? needed;
  const { unit } = question.task.metrics.find(({ name }) => name === score.metric)!;
  const constant = constantScore(data.test.labels, score);
  return {
    scale: { ...score, unit, constant, images: held },
    lrs,
    seeds: countFrom(config.seed + TUNING_OFFSET, count),
    epochs: config.epochs,
    runs: count * (lrs.length + Math.ceil(lrs.length / 2) + MIDDLE),
    images: { train, selection, held },
  };
}

/**
 * Finds a learning rate for a training by doing it: rates over a grid, over several seeds, the better half of them over
 * as many more, each scored on training images held out of its run. Where the best rate lies at an end of the grid,
 * rates beyond it are tried too. The test set is not touched. Call it again with the same settings and folder to go on where it was
 * interrupted, which returns `undefined`.
 *
 * The same settings and seed give the same rate.
 *
 * @throws InputError for settings, rates or data that cannot be used, before anything is written, and when the folder
 * holds something else.
 * @example
 * const settings = { data: "mnist", train: 400, epochs: 2, batch: 16 };
 * const found = await tuneRate({ settings, out: "runs/rates", lrs: [0.000001, 0.02], seeds: 2 });
 * [found!.verdict, found!.lr]; // ["named", 0.02]
 */
export async function tuneRate(
  tuned: TuneSettings,
  { signal, onPlan, watch, ...own }: TuneOptions = {},
): Promise<TunedRate | undefined> {
  checkSettings(tuned);
  const { out } = tuned;
  const config = parseConfig(tuned.settings);
  const { module: path, optimizer } = config;
  const module = path === undefined ? undefined : await loadModule(path);
  expectRate(own.optimizer ?? getOptimizer(optimizer, module?.optimizers));
  const settings = { ...tuned.settings, ...(module && { module: module.path }) };
  const { train, selection } =
    own.data ??
    (await openData(config, {
      kind: namedTask(config, { ...own, module })?.labels,
      onProgress: own.onProgress,
    }));
  const parts = { ...own, data: { train, selection } };
  const plan = await planOf(tuned, parts);
  const { lrs, seeds } = plan;
  const data = fingerprint(parts.data);
  const saved: Plan = {
    ...{ lrs, seeds: seeds.length, settings, data },
    ...(module && { module: { path: module.path, sha256: module.sha256 } }),
  };
  const study = new RateStudy(plan, settings, parts);
  onPlan?.(plan);
  const found = await runStudy(study.course(), {
    ...{ out, plan: saved, kind: "study", signal },
    watch: watch && ((progress) => watch({ ...progress, plan })),
  });
  if (!found) return undefined;
  await writeFileAtomic(join(out, rateFiles.table), ratesTable(found));
  await writeFileAtomic(join(out, rateFiles.chart), ratesChart(found));
  return found;
}
