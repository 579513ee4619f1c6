// `convoy benchmark small-data DATA --methods A,B`: methods for few images by a published protocol.

import type { Command } from "commander";
import {
  decidedSettings,
  getSmallDataMethod,
  publishedSets,
  type SmallDataPlan,
  type SmallDataProgress,
  type SmallDataReport,
  type SmallDataSettings,
  smallDataCells,
  smallDataFiles,
  smallDataMethods,
  smallDataRemarks,
} from "../compare/index.js";
import { InputError } from "../inputError.js";
import { freeFolder, runStem } from "../runs/runFiles.js";
import { metricText, metricTitle } from "../tasks/index.js";
import { clock } from "../text/format.js";
import { parseConfig, settingNames, trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count } from "./arguments.js";
import { type Console, type Stream, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { parseMethods } from "./methods.js";
import { expectPlanAlone } from "./planAlone.js";
import { showReading } from "./reading.js";
import { settingsText, valuesText } from "./searchReport.js";
import { table } from "./table.js";
import { addTrainFlags } from "./trainFlags.js";

interface Options extends Partial<TrainSettings> {
  readonly methods?: string;
  readonly search?: string;
  readonly trials?: number;
  readonly least?: number;
  readonly perClass?: number;
  readonly splits?: number;
  readonly seeds?: number;
  readonly resume?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Options that a plan is made of, beside settings. */
const planned = ["methods", "search", "trials", "least", "perClass", "splits", "seeds"] as const;

/** A line for each trial and each training that is over. */
function showProgress(stream: Stream) {
  const start = performance.now();
  return ({ method, split, trial, run, done, total, score }: SmallDataProgress): void => {
    const time = clock((performance.now() - start) / 1000);
    const where = `[${done}/${total}] ${method}, split ${split + 1}`;
    if (trial) {
      const { number, trial: record } = trial;
      const stage = record.until === undefined ? "" : ` to epoch ${record.until}`;
      const found = valuesText(record, [{ name: score.metric, ...score }]);
      const settings = settingsText(record.settings);
      say(stream, `${where}: trial ${number}${stage}: ${settings}: ${found} (${time})`);
    } else if (run) {
      const found =
        run.score === undefined
          ? "diverged"
          : `test ${metricTitle(score.metric)} ${metricText(score, run.score)}`;
      say(stream, `${where}, seed ${run.seed}: ${found} (${time})`);
    }
  };
}

/** What a new benchmark is to compare. */
function benchmarkFrom(data: string | undefined, options: Options): SmallDataSettings {
  if (data === undefined) {
    throw new InputError(
      "no data set; type: convoy benchmark small-data cifar10 --methods harmonic, or: convoy benchmark --resume STUDY",
    );
  }
  const { methods = "", search: space, trials, least, perClass, splits, seeds, ...rest } = options;
  const { out: _, resume: __, json: ___, quiet: ____, ...settings } = rest;
  const set = publishedSets.find(({ name }) => name === data);
  return {
    methods: methods === "" ? [] : parseMethods(methods, getSmallDataMethod),
    settings: { ...(set?.settings ?? { data }), ...settings },
    perClass: perClass ?? set?.perClass,
    inOrder: set !== undefined,
    ...{ space, trials, least, splits, seeds },
  };
}

function sayPlan(stream: Stream, plan: SmallDataPlan, out: string): void {
  const { methods, perClass, splits, seeds, trials, space, settings } = plan;
  const searches = methods.filter(({ tuned }) => tuned).length * splits;
  say(
    stream,
    `${methods.map(({ name }) => name).join(", ")}: ${splits} x ${perClass} images of each class of ${plan.data.name}`,
  );
  say(
    stream,
    `${searches} searches of ${trials} trials (${space}), then ${methods.length * splits * seeds.length} trainings of ${settings.epochs} epochs; all that comes of it: ${out}`,
  );
}

function print(stream: Stream, report: SmallDataReport, out: string): void {
  const { header, rows } = smallDataCells(report);
  say(stream);
  for (const line of table(header, rows)) say(stream, line);
  say(stream);
  for (const line of smallDataRemarks(report)) say(stream, line);
  say(stream, `tables, searches and runs: ${out}, beginning with ${smallDataFiles.table}`);
}

async function run(data: string | undefined, options: Options, console: Console): Promise<void> {
  const { resume, json, quiet } = options;
  if (resume !== undefined) {
    expectPlanAlone("a benchmark", data, options, [...planned, "out", ...settingNames]);
  }
  const wanted = resume === undefined ? benchmarkFrom(data, options) : undefined;
  const { resumeSmallData, smallData } = await import("../compare/index.js");
  const out =
    resume ?? options.out ?? freeFolder(runStem(parseConfig(wanted!.settings).data, "small-data"));
  const stream = json ? console.err : console.out;
  const report = await interruptible(
    (signal) => {
      const how = {
        ...{ out, signal, onProgress: showReading(console.err) },
        ...(!quiet && {
          onPlan: (plan: SmallDataPlan) => sayPlan(stream, plan, out),
          watch: showProgress(stream),
        }),
      };
      return wanted ? smallData(wanted, how) : resumeSmallData(how);
    },
    (line) => say(console.err, line),
  );
  if (!report) throw new Interrupted(`saved; go on with: convoy benchmark --resume ${out}`);
  if (json) sayJson(console, { out, ...report });
  else print(console.out, report, out);
}

const described = smallDataMethods
  .map(({ name, description }) => `  ${name.padEnd(14)}${description}`)
  .join("\n");

export function define(benchmark: Command, console: Console): void {
  const command = benchmark
    .command("small-data", { isDefault: true })
    .description("few images of each class: settings searched, then trained with on all of them")
    .argument(
      "[data]",
      `${trainConfig.shape.data.description}; or ${publishedSets.map(({ name }) => name).join(", ")}`,
    );
  addTrainFlags(command, ["data", ...decidedSettings], console);
  command
    .option(
      "--methods <names>",
      "methods beside tuned cross-entropy and that at defaults, between commas; see below",
    )
    .option("--per-class <number>", "images of each class (default: 50)", count)
    .option("--splits <number>", "disjoint draws of so many images (default: 3)", count)
    .option("--seeds <number>", "trainings with the settings found on each (default: 5)", count)
    .option("--search <space>", "what is searched (default: rate, decay and batch, as published)")
    .option("--trials <number>", "trials of each search (default: 20)", count)
    .option(
      "--least <epochs>",
      "epochs before trials are compared (default: a tenth of all)",
      count,
    )
    .option(
      "--out <folder>",
      "folder of the benchmark; the same command goes on in it (default: runs/<data>-small-data-<number>)",
    )
    .option("--resume <study>", "go on with a benchmark")
    .option("--json", "print one object at the end; progress goes to standard error")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      `\nMethods:\n${described}\n\nA method may bring settings of its own: harmonic:augment=trivial. In them / stands for the comma.`,
    )
    .action((data: string | undefined, options: Options) => run(data, options, console));
}
