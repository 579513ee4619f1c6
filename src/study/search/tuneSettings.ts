// Searches settings of a training by training: trials are runs in the study's folder, and the search is told what they
// came to on the selection images. It is a pure function of that, so a study that was killed proposes what it would have.

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { makeFolder } from "../../files/folders.js";
import { InputError } from "../../inputError.js";
import { usableCores } from "../../machine.js";
import { copyRun } from "../../runs/index.js";
import { runSearch, type Told, type Trial } from "../../search/index.js";
import { hasEnded } from "../../search/search.js";
import { after } from "../../timer.js";
import type { OwnParts, TrainEvent, TrainSettings } from "../../train/index.js";
import { openFolder, PLAN } from "../folder.js";
import { dropWeights } from "../run.js";
import { searchChart } from "./chart.js";
import { importRun } from "./imports.js";
import { openTable } from "./latencyTable.js";
import { lossOf, valuesOf } from "./objectives.js";
import { withTrial } from "./parameters.js";
import { deciding, readPlan, type SettingsPlan, searchOf } from "./plan.js";
import { reportOf, type SearchReport, trialsTable } from "./report.js";
import { type SettingsSearch, type Settled, settle } from "./settle.js";
import { runTrial } from "./trial.js";
import { readTrials, runOf, TRIALS, type TrialRecord, toldOf, writeTrials } from "./trials.js";

/** Files that a search leaves in its folder besides its plan and its runs. */
export const searchFiles = {
  plan: PLAN,
  trials: TRIALS,
  table: "trials.csv",
  best: "best.json",
  chart: "study.svg",
} as const;

/** Where a search stands: at an event of a trial, or behind a trial, when it has none. */
export interface SearchProgress {
  readonly number: number;
  readonly trial: TrialRecord;
  readonly event?: TrainEvent;
  /** Trials so far. */
  readonly trials: readonly TrialRecord[];
}

/** How a search is watched and steered. */
export interface SearchOptions extends OwnParts {
  /** The study's folder. */
  readonly out: string;
  /** Folders of finished runs that the search is told of before it goes on; those that it knows are left out. */
  readonly imports?: readonly string[];
  /** Told the plan, before the first trial. */
  readonly onPlan?: (plan: SettingsPlan) => void;
  /** A file of latencies of layers, as another study has measured them (latency.json); what it lacks is measured. */
  readonly latencies?: string;
  /** Trials at once, each with its share of the cores; default 1. */
  readonly workers?: number;
  /** When they are over, nothing is proposed any more and trials that run are saved; default no limit. */
  readonly seconds?: number;
  /** When it aborts, trials that run are saved and the search ends. */
  readonly signal?: AbortSignal;
  /** Hears of every event of every trial. */
  readonly watch?: (progress: SearchProgress) => void | Promise<void>;
}

/** Why a search ended, and what it has found. */
export interface SearchOutcome {
  readonly reason: "done" | "time" | "interrupted";
  readonly report: SearchReport;
}

/** A search under way in its folder. */
class Study {
  private readonly records: TrialRecord[];
  /** Trials that had ended when the report was written. */
  private reported = 0;
  /** Trials without weights. */
  private readonly tidied = new Set<number>();
  /** Aborts when asked to from outside, when time is over, and when a trial has thrown. */
  private readonly fault = new AbortController();

  constructor(
    private readonly settled: Settled,
    private readonly options: SearchOptions,
    known: readonly TrialRecord[],
  ) {
    this.records = [...known];
  }

  async go(): Promise<SearchOutcome> {
    const { seconds, signal, workers } = this.options;
    const clock = new AbortController();
    const forget = after(1000 * (seconds ?? Number.POSITIVE_INFINITY), () => clock.abort());
    const signals = [clock.signal, this.fault.signal, ...(signal ? [signal] : [])];
    const stop = AbortSignal.any(signals);
    const imported = this.records.filter((record) => record.imported).length;
    try {
      await runSearch(
        this.settled.nets.proposer(imported),
        (trial, number) => this.evaluate(trial, number, stop),
        { workers, told: this.told(), onTold: (told) => this.hear(told), signal: stop },
      );
    } finally {
      forget();
      await this.settled.nets.close();
    }
    const report = await this.report();
    const over = clock.signal.aborted ? "time" : "interrupted";
    return { reason: report.complete ? "done" : over, report };
  }

  private told(): Told[] {
    return this.records.map((record) => toldOf(record, deciding(this.settled.plan)));
  }

  private async hear(told: readonly Told[]): Promise<void> {
    for (let number = this.records.length; number < told.length; number++) {
      const { losses: _, ...trial } = told[number];
      this.records.push({ ...trial, run: runOf(number) });
    }
    await writeTrials(this.options.out, this.records);
    const ended = told.filter(hasEnded).length;
    if (ended > this.reported) await this.report();
    this.reported = ended;
  }

  private async evaluate(trial: Trial, number: number, signal: AbortSignal) {
    try {
      return await this.train(trial, number, signal);
    } catch (error) {
      this.fault.abort();
      throw error;
    }
  }

  private async train({ settings, from, until }: Trial, number: number, signal: AbortSignal) {
    const { settled, options } = this;
    const { plan, objectives, partsOf } = settled;
    const { out, workers = 1, watch } = options;
    const all = withTrial(plan.settings, settings);
    const threads = workers > 1 && all.threads === undefined ? shareOf(workers) : all.threads;
    const run = join(out, this.records[number].run);
    makeFolder(dirname(run));
    if (from !== undefined && !existsSync(run)) {
      await copyRun(join(out, this.records[from].run), run, this.changed(from, all));
    }
    const tell = (event?: TrainEvent) =>
      watch?.({ number, trial: this.records[number], event, trials: this.records });
    const end = await runTrial({
      ...{ out: run, settings: { ...all, threads }, own: await partsOf(all) },
      ...{ until, signal, byLast: searchOf(plan).sampler.changes },
      watch: tell,
    });
    if (!end) return undefined;
    if ("failed" in end) {
      this.records[number] = { ...this.records[number], failed: end.failed };
      await tell();
      return deciding(plan).map(() => Number.NaN);
    }
    const { counts, epochs, model } = end;
    const values = await valuesOf(objectives, (one) => one.of(counts, model, all.engine));
    this.records[number] = { ...this.records[number], values, epochs };
    await tell();
    return deciding(plan).map((one) => lossOf(one, values[one.name]));
  }

  /** Takes the weights of trials away that nothing goes on from and that are not among the best. */
  private async tidy(
    { best, front = [], complete }: SearchReport,
    records: readonly TrialRecord[],
  ): Promise<void> {
    const { stages, changes } = searchOf(this.settled.plan).sampler;
    const kept = new Set([...front, best?.number]);
    const continued = new Set(records.filter(isOver).map(({ from }) => from));
    for (const [at, record] of records.entries()) {
      const needed = stages && !complete && (changes || !continued.has(at));
      if (kept.has(at) || needed || record.imported || !isOver(record) || this.tidied.has(at))
        continue;
      await dropWeights(join(this.options.out, record.run));
      this.tidied.add(at);
    }
  }

  /** Settings that a trial has otherwise than the one it continues. */
  private changed(from: number, all: Partial<TrainSettings>): Partial<TrainSettings> {
    const before = withTrial(this.settled.plan.settings, this.records[from].settings);
    const text = (settings: object, name: string) =>
      JSON.stringify((settings as Record<string, unknown>)[name]);
    return Object.fromEntries(
      Object.entries(all).filter(([name]) => text(all, name) !== text(before, name)),
    );
  }

  /** Brings table, chart and best settings up to date. */
  private async report(): Promise<SearchReport> {
    const { settled, options } = this;
    const { plan, space } = settled;
    // Trials beside each other may end meanwhile.
    const records = [...this.records];
    const report = reportOf(plan, records);
    await this.tidy(report, records);
    const title = `${plan.data.name}: ${records.length} trials by ${plan.sampler}`;
    const write = (name: string, text: string) => writeFileAtomic(join(options.out, name), text);
    await write(searchFiles.table, trialsTable(report, space));
    await write(searchFiles.chart, searchChart(title, report, space));
    if (report.bestSettings) {
      await write(searchFiles.best, `${JSON.stringify(report.bestSettings, undefined, 2)}\n`);
    }
    return report;
  }
}

const isOver = ({ values, failed }: TrialRecord): boolean => (values ?? failed) !== undefined;

/** Threads of each of several trials at once. */
const shareOf = (workers: number): number => Math.max(1, Math.floor(usableCores() / workers));

/** Refuses a search that would never end. */
function checkEnd(
  { trials, sampler }: Pick<SettingsSearch, "trials" | "sampler">,
  { seconds }: SearchOptions,
): void {
  if (trials !== undefined || seconds !== undefined || sampler === "grid") return;
  throw new InputError(
    "the search has no end: give a number of trials, or the time that it may take",
  );
}

/** Runs that were made before, each once. */
function imported(settled: Settled, { imports = [] }: SearchOptions): Promise<TrialRecord[]> {
  const folders = [...new Set(imports.map((path) => resolve(path)))];
  return Promise.all(folders.map((path) => importRun(path, settled)));
}

async function open(search: SettingsSearch, options: SearchOptions): Promise<SearchOutcome> {
  const { out } = options;
  checkEnd(search, options);
  const table = await openTable(out, options.latencies);
  const settled = await settle(search, partsOf(options), table);
  const imports = await imported(settled, options);
  const close = await openFolder({ out, plan: settled.plan, kind: "search" });
  try {
    await table.keep(out);
    options.onPlan?.(settled.plan);
    const known = await readTrials(out, settled.objectives);
    const runs = known.map(({ run }) => run);
    const fresh = imports.filter(({ run }) => !runs.includes(run));
    return await new Study(settled, options, [...known, ...fresh]).go();
  } finally {
    close();
  }
}

/**
 * Searches settings of a training: each trial is a run in the study's folder, scored on its selection images; the test
 * images are not touched. Trials that stop early go on from their checkpoint, bit for bit. Call it again with the same
 * plan and folder to go on where it was interrupted or killed: with one trial at a time it proposes what it would have.
 * A trial that diverges, or whose settings do not fit each other, is told as failed.
 *
 * Leaves trials.csv, study.svg and best.json, the settings of the best trial for a training. Weights stay of the best trials
 * alone.
 *
 * @throws InputError for a space, settings or data that cannot be used, before anything is written, and when the folder
 * holds something else.
 * @example
 * const settings = { data: "mnist", model: "lenet5", train: 100, epochs: 1 };
 * const search = { settings, space: "lr=log:0.001:0.1,batch=16|32", sampler: "random", trials: 2 };
 * const { reason, report } = await tuneSettings(search, { out: "runs/study" });
 * [reason, report.trials.length, Object.keys(report.best!.values!)]; // ["done", 2, ["accuracy"]]
 */
export async function tuneSettings(
  search: SettingsSearch,
  options: SearchOptions,
): Promise<SearchOutcome> {
  return open(search, options);
}

/**
 * Goes on with the search in a folder; see {@link tuneSettings}.
 *
 * @throws InputError when the folder holds none, or its data are others by now.
 */
export async function resumeSettings(options: SearchOptions): Promise<SearchOutcome> {
  const {
    objectives,
    resource,
    budget,
    seed: _,
    data: __,
    module: ___,
    kind: ____,
    ...plan
  } = await readPlan(options.out);
  const [metrics, watched] = [false, true].map((is) =>
    objectives.filter((one) => (one.watched ?? false) === is).map(({ name }) => name),
  );
  const search = {
    ...{ ...plan, metrics, watched },
    ...(resource && { least: resource.least }),
    ...(budget && { budget: budget.most }),
  };
  return open(search, options);
}

/** What trials are given besides settings. */
function partsOf(options: SearchOptions): OwnParts {
  const { out: _, imports: __, onPlan: ___, workers: ____, latencies: ______, ...rest } = options;
  const { seconds: _____, signal: _______, watch: ________, ...own } = rest;
  return own;
}
