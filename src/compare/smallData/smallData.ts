// The small-data benchmark (Brigato, Barz, Iocchi and Denzler 2022, "Image classification with small datasets: overview and
// benchmark", IEEE Access 10, doi 10.1109/ACCESS.2022.3172939): settings of each method are searched on a part of the few
// images, chosen by the rest of them, and then trained with on all of them, several times, on several draws of images. The
// test images are touched by these last trainings alone.

import { join } from "node:path";
import type { Splits } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { openFolder } from "../../study/folder.js";
import { type SearchProgress, type SettingsSearch, tuneSettings } from "../../study/index.js";
import { dropWeights, finish, Stopped } from "../../study/run.js";
import { scoreOf } from "../../study/score.js";
import { settle } from "../../study/search/settle.js";
import { namedTask } from "../../train/chooseTask.js";
import { type OwnParts, parseConfig, type TrainSettings } from "../../train/index.js";
import { openData } from "../../train/openData.js";
import { loadModule } from "../../train/ownModule.js";
import { prepare } from "../../train/prepare.js";
import { blame, folderName, type PlannedScore } from "../plan.js";
import {
  type PlannedSmallData,
  planOf,
  readSmallData,
  type SmallDataPlan,
  type SmallDataSettings,
  settingsFor,
} from "./plan.js";
import { reportOf, type SmallDataReport, type SmallDataRun, type SplitResult } from "./report.js";
import { writeSmallData } from "./tables.js";
import { type Triple, triplesOf } from "./triples.js";

/** Where a benchmark stands: behind a trial of a search, or behind a training with the settings found. */
export interface SmallDataProgress {
  readonly method: string;
  /** From 0. */
  readonly split: number;
  readonly trial?: SearchProgress;
  readonly run?: SmallDataRun;
  /** Trainings with settings found that are over, of so many. */
  readonly done: number;
  readonly total: number;
  readonly score: PlannedScore;
}

/** How a benchmark is watched and steered. */
export interface SmallDataOptions extends OwnParts {
  /** The study's folder. */
  readonly out: string;
  /** When it aborts, the current training is saved and the benchmark ends; call again to go on. */
  readonly signal?: AbortSignal;
  /** Told the plan, before anything is trained. */
  readonly onPlan?: (plan: SmallDataPlan) => void;
  readonly watch?: (progress: SmallDataProgress) => void | Promise<void>;
}

/** ASHA as published: the better half goes on. */
const search = { sampler: "asha", options: { eta: 2 } } as const;

/** The search of a method on a triple. */
const searchFor = (plan: SmallDataPlan, method: PlannedSmallData): SettingsSearch => ({
  ...search,
  settings: { ...settingsFor(plan, method), seed: plan.seeds[0] },
  space: plan.space,
  trials: plan.trials,
  least: plan.least,
});

/** A benchmark under way in its folder. */
class Benchmark {
  private readonly results: SplitResult[] = [];
  private done = 0;

  constructor(
    private readonly plan: SmallDataPlan,
    private readonly triples: readonly Triple[],
    private readonly source: Splits,
    private readonly score: PlannedScore,
    private readonly options: SmallDataOptions,
  ) {}

  async go(): Promise<SmallDataReport> {
    for (const method of this.plan.methods) {
      for (const split of this.triples.keys()) await this.trySplit(method, split);
    }
    return this.report();
  }

  /** What is known so far. */
  report(): SmallDataReport {
    return reportOf(this.plan, this.score, this.results);
  }

  private get own(): OwnParts {
    const { out: _, signal: __, onPlan: ___, watch: ____, ...own } = this.options;
    return own;
  }

  private tell(progress: Pick<SmallDataProgress, "method" | "split" | "trial" | "run">) {
    const { plan, done, score } = this;
    const total = plan.methods.length * plan.splits * plan.seeds.length;
    return this.options.watch?.({ ...progress, done, total, score });
  }

  private async trySplit(method: PlannedSmallData, split: number): Promise<void> {
    const { plan, options } = this;
    const { name } = method;
    const folder = join(folderName(name), `${split}`);
    const found = method.tuned ? await this.tune(method, split, folder) : settingsFor(plan, method);
    const runs: SmallDataRun[] = [];
    this.results.push({ method: name, split, settings: found, runs });
    for (const seed of plan.seeds) {
      if (found) runs.push(await this.train(found, split, seed, join(folder, `${seed}`)));
      this.done++;
      await writeSmallData(options.out, this.report());
      await this.tell({ method: name, split, run: runs.at(-1) });
    }
  }

  /** The best settings of a method; `undefined` where all trials have failed. */
  private async tune(method: PlannedSmallData, split: number, folder: string) {
    const { plan, triples, options } = this;
    const { train, selection } = triples[split];
    const { reason, report } = await tuneSettings(searchFor(plan, method), {
      ...this.own,
      data: { train, selection },
      out: join(options.out, folder, "search"),
      signal: options.signal,
      watch: (trial) =>
        trial.event ? undefined : this.tell({ method: method.name, split, trial }),
    });
    if (reason !== "done") throw new Stopped();
    return report.bestSettings;
  }

  private async train(
    found: Partial<TrainSettings>,
    split: number,
    seed: number,
    folder: string,
  ): Promise<SmallDataRun> {
    const { options, triples, source } = this;
    const run = join(options.out, folder);
    const outcome = await finish(
      run,
      { ...found, seed, selection: 0 },
      { ...this.own, data: { ...source, train: triples[split].both }, signal: options.signal },
    );
    await dropWeights(run);
    return { seed, score: scoreOf(outcome) };
  }
}

/** Ends here for a method whose settings cannot be used, before anything is written; gives the score. */
async function checkMethods(
  plan: SmallDataPlan,
  [{ train, selection, both }]: readonly Triple[],
  own: OwnParts,
): Promise<PlannedScore> {
  let score: PlannedScore | undefined;
  for (const method of plan.methods) {
    try {
      const settings = { ...settingsFor(plan, method), selection: 0 };
      const prepared = await prepare(settings, { ...own, data: { train: both } });
      const { metrics } = prepared.question.task;
      const { unit } = metrics.find(({ name }) => name === prepared.score.metric)!;
      score ??= { ...prepared.score, unit };
      if (method.tuned)
        await settle(searchFor(plan, method), { ...own, data: { train, selection } });
    } catch (error) {
      throw blame(method.name, error);
    }
  }
  return score!;
}

function withTest(source: Splits): Splits {
  if (source.test) return source;
  throw new InputError(
    `${source.train.name} has no test set; methods are compared on images that chose nothing: call some of them test, ` +
      "as a folder test/, in a column split, or as arrays test_...",
  );
}

/**
 * Runs what is left to do of a benchmark: of each method, on each of a few draws of images, a search of its settings and
 * trainings with the best of them. `undefined` when it was interrupted; the same call goes on.
 *
 * @throws InputError for data, methods or settings that cannot be used, before anything is written, and when the folder holds
 * something else
 * @example
 * const settings = { data: "mnist", model: "lenet5", epochs: 2 };
 * const sizes = { perClass: 5, splits: 1, seeds: 1, trials: 1 };
 * const report = await smallData({ methods: [], settings, ...sizes }, { out: "runs/few" });
 * report!.rows.map(({ method }) => method); // ["ce", "ce-defaults"]
 */
export async function smallData(
  benchmark: SmallDataSettings,
  options: SmallDataOptions,
): Promise<SmallDataReport | undefined> {
  const { out, signal: _, onPlan, watch: __, ...own } = options;
  const config = parseConfig(benchmark.settings);
  const { module: path } = config;
  const module = path === undefined ? undefined : await loadModule(path);
  const kind = namedTask(config, { ...own, module })?.labels;
  const source = withTest(
    own.data ?? (await openData(config, { kind, onProgress: own.onProgress })),
  );
  const plan = await planOf(benchmark, source, module);
  const triples = triplesOf(source, { ...plan, seed: plan.seeds[0] });
  const score = await checkMethods(plan, triples, own);
  const close = await openFolder({ out, plan, kind: "benchmark" });
  try {
    onPlan?.(plan);
    return await new Benchmark(
      plan,
      triples,
      { test: source.test, train: source.train },
      score,
      options,
    ).go();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return undefined;
  } finally {
    close();
  }
}

/**
 * Goes on with the benchmark in a folder; see {@link smallData}.
 *
 * @throws InputError when the folder holds none, or its data are others by now
 */
export async function resumeSmallData(
  options: SmallDataOptions,
): Promise<SmallDataReport | undefined> {
  const plan = await readSmallData(options.out);
  const { kind: _, seeds, data: __, module: ___, methods, settings, ...sizes } = plan;
  const given = methods.map(({ name, tuned, settings }) => ({
    ...{ name, settings, description: "", source: "" },
    ...(!tuned && { tuned: false as const }),
  }));
  return smallData(
    { ...sizes, methods: given, settings: { ...settings, seed: seeds[0] }, seeds: seeds.length },
    options,
  );
}
