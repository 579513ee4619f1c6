// `convoy tune DATA --search SPACE`, `convoy tune --resume STUDY`: settings searched by training.

import { join } from "node:path";
import type { Command } from "commander";
import { InputError } from "../inputError.js";
import { freeFolder, runStem } from "../runs/runFiles.js";
import { samplers } from "../search/index.js";
import type { SearchProgress, SearchReport, SettingsPlan, SettingsSearch } from "../study/index.js";
import { readable } from "../study/search/genes.js";
import { parseDuration } from "../text/duration.js";
import { clock } from "../text/format.js";
import { parseConfig, settingNames, trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count, list } from "./arguments.js";
import { type Console, type Stream, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { parseOwnOptions } from "./ownOptions.js";
import { expectPlanAlone } from "./planAlone.js";
import { showReading } from "./reading.js";
import { searchLines, settingsText, valuesText } from "./searchReport.js";
import { addTrainFlags } from "./trainFlags.js";

/** How a search is run, whatever is searched. */
export interface SearchFlags {
  readonly out?: string;
  readonly time?: number;
  readonly workers?: number;
  readonly import?: readonly string[];
  readonly resume?: string;
  readonly latencies?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

interface Options extends Partial<TrainSettings>, SearchFlags {
  readonly out?: string;
  readonly search?: string;
  readonly sampler?: string;
  readonly trials?: number;
  readonly least?: number;
  readonly metric?: readonly string[];
}

/** Settings that a search has no flag for. */
export const without = ["data", "out", "minutes"] as const;

/** A line for each trial that is over. */
function showTrials(stream: Stream, plan: () => SettingsPlan) {
  const start = performance.now();
  return ({ number, trial, event, trials }: SearchProgress): void => {
    if (event) return;
    const { trials: total, objectives, settings } = plan();
    const begun = trials.filter(({ from, imported }) => from === undefined && !imported).length;
    const place = `[${begun}${total === undefined ? "" : `/${total}`}]`;
    const stage = trial.until === undefined ? "" : ` to epoch ${trial.until}`;
    const found = valuesText(trial, objectives);
    const time = clock((performance.now() - start) / 1000);
    say(
      stream,
      `${place} trial ${number}${stage}: ${settingsText(readable(trial.settings, settings.model))}: ${found} (${time})`,
    );
  };
}

/** What a new study is to search; the rest are settings of all trainings. */
function searchFrom(data: string | undefined, options: Options) {
  const {
    search: space,
    sampler: typed = "tpe",
    trials,
    least,
    metric: metrics,
    ...rest
  } = options;
  const {
    out: _,
    time: __,
    workers: ___,
    import: ____,
    resume: _____,
    json: ______,
    quiet: _______,
    ...fixed
  } = rest;
  if (data === undefined) {
    throw new InputError(
      "no data set; type: convoy tune mnist --search lr=log:1e-3:1, or: convoy tune --resume STUDY",
    );
  }
  if (space === undefined) {
    throw new InputError(
      `say what to search, as --search lr=log:1e-3:1,batch=16|32; for a learning rate alone: convoy tune lr ${data}`,
    );
  }
  const { name: sampler, options: own } = parseOwnOptions("sampler", typed);
  return { settings: { ...fixed, data }, space, sampler, options: own, trials, least, metrics };
}

/** Options that a plan is made of, beside settings. */
const planned = ["search", "sampler", "trials", "least", "metric"] as const;

/** How much of a study is left when its time is over. */
function timeOver({ trials, running }: SearchReport, total: number | undefined, out: string) {
  const begun = trials.filter(({ from, imported }) => from === undefined && !imported).length;
  const of = total === undefined ? `${begun} trials` : `${begun} of ${total} trials`;
  return `the time is over: ${of} have begun, ${running} are not over; convoy tune --resume ${out} --time 30m goes on`;
}

/** Refuses a search of which nothing came. */
export function expectGood({ failed, trials }: Pick<SearchReport, "failed" | "trials">): void {
  if (failed === 0 || failed < trials.length) return;
  const { number, failed: why } = trials[0];
  throw new InputError(
    `all ${failed} trials have failed, trial ${number} so: ${why}; expected a space in which some can be trained`,
  );
}

async function search(data: string | undefined, options: Options, console: Console): Promise<void> {
  const { resume } = options;
  if (resume === undefined) return conduct(searchFrom(data, options), options, console);
  expectPlanAlone("a study", data, options, [...planned, "out", ...settingNames]);
  return conduct(undefined, options, console);
}

/** Begins a search, or goes on with that in `resume`, and tells what it finds. */
export async function conduct(
  wanted: SettingsSearch | undefined,
  options: SearchFlags,
  console: Console,
): Promise<void> {
  const { resume, json, quiet, time: seconds, workers, import: imports } = options;
  const { resumeSettings, searchFiles, tuneSettings } = await import("../study/index.js");
  const out =
    resume ?? options.out ?? freeFolder(runStem(parseConfig(wanted!.settings).data, "search"));
  const stream = json ? console.err : console.out;
  let plan: SettingsPlan | undefined;
  const outcome = await interruptible(
    (signal) => {
      const how = {
        ...{ out, workers, seconds, signal, imports, latencies: options.latencies },
        onProgress: showReading(console.err),
        onPlan: (settled: SettingsPlan) => {
          plan = settled;
        },
        ...(!quiet && { watch: showTrials(stream, () => plan!) }),
      };
      return wanted ? tuneSettings(wanted, how) : resumeSettings(how);
    },
    (line) => say(console.err, line),
  );
  if (outcome.reason === "interrupted") {
    throw new Interrupted(`saved; go on with: convoy tune --resume ${out}`);
  }
  const { reason, report } = outcome;
  if (json) sayJson(console, { out, reason, ...report });
  else {
    for (const line of searchLines(report, out, join(out, searchFiles.best)))
      say(console.out, line);
    if (reason === "time") say(console.out, timeOver(report, plan!.trials, out));
  }
  expectGood(report);
}

const described = samplers
  .map(({ name, description }) => `  ${name.padEnd(12)}${description}`)
  .join("\n");

/** Adds the flags of how a search is run. */
export const addSearchFlags = (command: Command): Command =>
  command
    .option(
      "--time <time>",
      "propose nothing after that, as 30m or 1h30m; what runs is saved",
      parseDuration,
    )
    .option("--workers <number>", "trials at once (default: 1)", count)
    .option("--import <runs>", "finished runs that the search is told of, between commas", list)
    .option(
      "--out <folder>",
      "folder of the study; the same command goes on in it (default: runs/<data>-search-<number>)",
    )
    .option("--json", "print one object at the end; progress goes to standard error")
    .option("--quiet", "show no progress");

/** Adds the search to `convoy tune`: what is meant where no other verb of it is named. */
export function addSearch(tune: Command, console: Console): void {
  const command = tune
    .command("search", { isDefault: true })
    .description("search settings by training; the word search may be left out")
    .argument("[data]", trainConfig.shape.data.description);
  addTrainFlags(command, without, console);
  command
    .option(
      "--search <space>",
      "settings to search, as lr=log:1e-4:0.3,batch=16|32,augment=none|crop+flip",
    )
    .option(
      "--sampler <name>",
      "what proposes, with options of its own as asha:eta=4; see below (default: tpe)",
    )
    .option(
      "--trials <number>",
      "most trials that begin anew (default: no limit but --time)",
      count,
    )
    .option(
      "--least <epochs>",
      "of samplers whose trials stop early: before a first comparison (default: 1)",
      count,
    )
    .option(
      "--metric <names>",
      "what trials are compared by, the first one decides: metrics of the task, loss, macs, params, latency (default: the score)",
      list,
    )
    .option("--resume <study>", "go on with a study");
  addSearchFlags(command)
    .addHelpText("after", `\nSamplers:\n${described}`)
    .action((data: string | undefined, options: Options) => search(data, options, console));
}
