// `convoy compare DATA --methods A,B --out FOLDER`: training methods under equal budgets.

import { type Command, Option } from "commander";
import {
  type BudgetName,
  budgetNames,
  type CompareProgress,
  type Comparison,
  cells,
  compare,
  compareFiles,
  getMethod,
  headings,
  methods,
  metrics,
  remarks,
  unplanned,
} from "../compare/index.js";
import { metricText, metricTitle } from "../tasks/index.js";
import { clock } from "../text/format.js";
import { printable } from "../text/printable.js";
import { trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count, list } from "./arguments.js";
import { type Console, type Stream, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { parseNumber } from "./flags.js";
import { interruptible } from "./interrupt.js";
import { widthOf } from "./lineParts.js";
import { parseMethods } from "./methods.js";
import { showReading } from "./reading.js";
import { table } from "./table.js";
import { addTrainFlags } from "./trainFlags.js";

interface Options extends Partial<TrainSettings> {
  readonly methods: string;
  readonly out: string;
  readonly baseline?: string;
  readonly seeds: number;
  readonly budget: BudgetName | "both";
  readonly seconds?: number;
  readonly lrs?: readonly number[];
  readonly tuneSeeds?: number;
  readonly metric: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const ERASE = "\r\x1b[K";

/** `gradients single, seed 3`. */
function describe({ budget, method, seed, lr, purpose }: CompareProgress["job"]): string {
  if (purpose === "probe") return `${budget} ${method}, time of an epoch`;
  return `${budget} ${method}${lr === undefined ? "" : `, lr ${lr}`}, ${purpose === "tuning" ? "tuning " : ""}seed ${seed}`;
}

/** A line for each run that is over; on a terminal also one for that in progress. */
function showStanding(stream: Stream) {
  const live = stream.isTTY === true;
  return ({ job, event, done, total, outcome, score }: CompareProgress): void => {
    const place = (at: number) => `[${String(at).padStart(`${total}`.length)}/${total}]`;
    if (event) {
      if (event.type === "warning" && job.purpose === "run") {
        const warning = printable(`warning: ${describe(job)}: ${event.message}`);
        stream.write(`${live ? ERASE : ""}${warning}\n`);
      }
      if (live && event.type === "epochEnd") {
        const line = `${place(done + 1)} ${describe(job)}: epoch ${event.epoch}/${job.epochs}`;
        stream.write(ERASE + line.slice(0, widthOf(stream)));
      }
      return;
    }
    const { result } = outcome ?? {};
    const found = result
      ? `: test ${metricTitle(score.metric)} ${metricText(score, result.deployed)}, ${clock(result.seconds)}`
      : `: ${outcome ? "diverged" : "done"}`;
    stream.write(`${live ? ERASE : ""}${place(done)} ${describe(job)}${found}\n`);
  };
}

function print({ out }: Console, comparison: Comparison, folder: string): void {
  for (const budget of comparison.tables) {
    const { header, rows } = cells(comparison, budget);
    say(out);
    say(out, headings[budget.budget]);
    for (const line of table(header, rows)) say(out, line);
  }
  say(out);
  for (const remark of remarks(comparison)) say(out, remark);
  say(out, `tables, chart and runs: ${folder}, beginning with ${compareFiles.tableMarkdown}`);
}

const methodList = methods.map(({ name, description }) => `  ${name.padEnd(14)}${description}`);

/** Settings that the comparison decides itself. */
const withoutFlags = ["data", "epochs", ...unplanned] as readonly (keyof TrainSettings)[];

export function define(command: Command, console: Console): void {
  command
    .argument("<data>", trainConfig.shape.data.description)
    .requiredOption("--methods <names>", "methods, between commas; see below")
    .requiredOption("--out <folder>", "folder of the comparison; the same command goes on in it")
    .option("--baseline <method>", "what the others are compared with (default: the first)")
    .option("--seeds <number>", "runs of each method, each with its own seed", count, 5)
    .addOption(
      new Option("--budget <name>", "what all methods get the same of")
        .choices([...budgetNames, "both"])
        .default("gradients"),
    )
    .option(
      "--epochs <number>",
      "gradient budget: passes over the training data, over all particles together (default: 20)",
      count,
    )
    .option(
      "--seconds <number>",
      "wall budget of a run (default: what the baseline's runs of the gradient budget took)",
      parseNumber,
    )
    .option("--lrs <numbers>", "learning rates to choose each method's from", (text) =>
      list(text).map(parseNumber),
    )
    .option("--tune-seeds <number>", "runs of each of these rates (default: 2)", count)
    .addOption(
      new Option("--metric <name>", "number to compare by")
        .choices(metrics.map(({ name }) => name))
        .default("deployed"),
    )
    .option("--json", "print one object; progress goes to standard error")
    .option("--quiet", "show no progress");
  addTrainFlags(command, withoutFlags, console);
  command
    .addHelpText(
      "after",
      `\nMethods:\n${methodList.join("\n")}\n\n` +
        "A method may bring settings of its own: single:optimizer=adam:lr=0.001. In them / stands\n" +
        "for the comma: pso:lr=0.1/0.03/0.001/random.",
    )
    .action((data: string, options: Options) => run(data, options, console));
}

async function run(data: string, options: Options, console: Console): Promise<void> {
  const { methods: typed, out, baseline, seeds, budget, seconds, ...rest } = options;
  const { lrs, tuneSeeds, metric, json, quiet, ...settings } = rest;
  const stream = json ? console.err : console.out;
  const comparison = await interruptible(
    (signal) =>
      compare(
        {
          methods: parseMethods(typed, getMethod),
          settings: { ...settings, data },
          budgets: budget === "both" ? budgetNames : [budget],
          ...{ out, baseline, seeds, seconds, lrs, tuneSeeds },
        },
        {
          ...{ metric, signal, onProgress: showReading(console.err) },
          watch: quiet ? undefined : showStanding(stream),
        },
      ),
    (line) => say(console.err, line),
  );
  if (json) sayJson(console, comparison);
  else print(console, comparison, out);
  if (!comparison.complete) {
    throw new Interrupted("saved; the same command goes on where it stopped");
  }
}
