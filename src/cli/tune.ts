// `convoy tune lr DATA`, `convoy tune batch DATA`: what a learning rate and a batch size should be; and
// `convoy tune decision RUN`. `convoy tune DATA --search SPACE` is in tuneSearch.ts, `convoy tune architecture` beside it.

import type { Command } from "commander";
import { type NoiseScale, noiseScale } from "../analysis/index.js";
import { freeFolder, runStem } from "../runs/runFiles.js";
import type { TunedRate, TunePlan, TuneProgress } from "../study/index.js";
import { scoreOf } from "../study/score.js";
import { mean } from "../study/statistics.js";
import { metricText, metricTitle } from "../tasks/index.js";
import { counted, grouped } from "../text/format.js";
import { parseConfig, trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count, list } from "./arguments.js";
import { type Console, type Stream, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { parseNumber } from "./flags.js";
import { interruptible } from "./interrupt.js";
import { showReading } from "./reading.js";
import { table } from "./table.js";
import { timeLeft } from "./timeLeft.js";
import { addTrainFlags } from "./trainFlags.js";
import { addArchitecture } from "./tuneArchitecture.js";
import { addAugment } from "./tuneAugment.js";
import { addDecision } from "./tuneDecision.js";
import { addSearch } from "./tuneSearch.js";

type Settings = Partial<TrainSettings>;

/** Settings of a run that a measurement of gradients has no use for. */
const unused = ["out", "epochs", "steps", "patience", "minutes", "saveMinutes"] as const;
const swarm = ["preset", "swarm", "particles", "topology", "coupling", "deploy", "probe"] as const;

interface RateOptions extends Settings {
  readonly lrs?: readonly number[];
  readonly seeds?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

interface BatchOptions extends Settings {
  readonly steps: number;
  readonly looks: number;
  readonly batches: number;
  readonly json?: boolean;
}

const short = (value: number) => `${Number(value.toPrecision(3))}`;

function sayPlan(
  stream: Stream,
  { lrs, seeds, epochs, runs, images }: TunePlan,
  out: string,
): void {
  const range = `${lrs.length} rates from ${Math.min(...lrs)} to ${Math.max(...lrs)}`;
  const sets = `${counted(images.train, "image")}, scored on ${grouped(images.held)} held out`;
  say(
    stream,
    `${range}, ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"} each, then the better half again`,
  );
  say(
    stream,
    `up to ${runs} trainings of ${epochs} ${epochs === 1 ? "epoch" : "epochs"} on ${sets}; all that comes of it: ${out}`,
  );
}

/** A line for each run that is over. */
function showRates(stream: Stream) {
  const start = performance.now();
  let trained = 0;
  return ({ run, event, outcome, done, plan }: TuneProgress): void => {
    if (event?.type === "runStart") trained++;
    if (!outcome) return;
    const total = Math.max(plan.runs, done);
    const seconds = (performance.now() - start) / 1000;
    const score = scoreOf(outcome);
    const found = score === undefined ? "diverged" : metricText(plan.scale, score);
    const left = timeLeft(seconds, trained, total - done);
    const about = left && `, about ${left}`;
    say(stream, `[${done}/${total}] lr ${run.lr}, seed ${run.seed}: ${found}${about}`);
  };
}

const advice: Readonly<Record<Exclude<TunedRate["verdict"], "named">, string>> = {
  alike:
    "no rate is named: chance could have made all of these differences; more --seeds, --epochs or images may tell " +
    "them apart",
  unlearned:
    "no rate is named: none did better than always the same answer does; try more --epochs, other --lrs or " +
    "another model",
};

function sayRates(stream: Stream, found: TunedRate): void {
  const { verdict, rates, scale, lr, score, standardError } = found;
  const text = (value: number | undefined) => metricText(scale, value);
  const rows = rates.map(({ lr, scores, diverged }) => [
    `${lr}`,
    `${scores.length}`,
    diverged || scores.length === 0 ? "diverged" : text(mean(scores)),
  ]);
  say(stream);
  for (const line of table(["lr", "runs", metricTitle(scale.metric)], rows)) say(stream, line);
  say(stream);
  if (scale.constant !== undefined) {
    say(stream, `always the same answer scores ${text(scale.constant)}`);
  }
  const error =
    standardError === undefined
      ? "; one training does not tell what other seeds come to"
      : `, standard error ${text(standardError)} over seeds and images`;
  const named = `--lr ${lr}: ${text(score)}${error}`;
  say(stream, verdict === "named" ? named : advice[verdict]);
}

async function tuneRate(data: string, options: RateOptions, console: Console): Promise<void> {
  const { lrs, seeds, json, quiet, out: given, ...rest } = options;
  const { rateFiles, tuneRate: tune } = await import("../study/index.js");
  const settings = { ...rest, data };
  const out = given ?? freeFolder(runStem(parseConfig(settings).data, "tune-lr"));
  const stream = json ? console.err : console.out;
  const found = await interruptible(
    (signal) =>
      tune(
        { settings, out, lrs, seeds },
        {
          signal,
          onProgress: showReading(console.err),
          ...(!quiet && {
            onPlan: (plan) => sayPlan(stream, plan, out),
            watch: showRates(stream),
          }),
        },
      ),
    (line) => say(console.err, line),
  );
  if (!found) throw new Interrupted(`saved; the same command with --out ${out} goes on`);
  if (json) return sayJson(console, { ...found, out });
  sayRates(console.out, found);
  say(console.out, `table, chart and runs: ${out}, beginning with ${rateFiles.chart}`);
}

function describe(scales: readonly NoiseScale[]): string[] {
  const images = (scale: number) =>
    Number.isFinite(scale) ? grouped(Math.round(scale)) : "unknown";
  const rows = scales.map(({ step, loss, signal, noise, scale }) => [
    `${step}`,
    ...[loss, signal, noise].map(short),
    images(scale),
  ]);
  const last = scales[scales.length - 1].scale;
  return [
    ...table(["step", "loss", "|G|^2", "tr(S)", "noise scale"], rows),
    "",
    Number.isFinite(last)
      ? `up to a batch of about ${images(last)} a step gains as much as its images cost`
      : "no gradient can be told from the noise: measure with more --batches",
  ];
}

async function tuneBatch(data: string, options: BatchOptions, console: Console): Promise<void> {
  const { steps, looks, batches, json, ...settings } = options;
  const onProgress = showReading(console.err);
  const scales = await noiseScale({ ...settings, data }, { steps, looks, batches, onProgress });
  if (json) return sayJson(console, { scales });
  for (const line of describe(scales)) say(console.out, line);
}

export function define(command: Command, console: Console): void {
  const add = (name: string, summary: string, without: (keyof typeof trainConfig.shape)[]) => {
    const verb = command.command(name).description(summary);
    verb.argument("<data>", trainConfig.shape.data.description);
    addTrainFlags(verb, ["data", ...without], console);
    return verb.option("--json", "print one object");
  };
  add("lr", "try learning rates in short trainings and name one that does well", [
    "lr",
    "out",
    "minutes",
  ])
    .option("--lrs <numbers>", "rates to try (default: eight from 0.0003 to 1)", (text) =>
      list(text).map(parseNumber),
    )
    .option(
      "--seeds <number>",
      "trainings of each rate, and as many again of the better half (default: by the number of images)",
      count,
    )
    .option("--out <folder>", "where they go (default: runs/<data>-tune-lr-<number>)")
    .option("--quiet", "show no progress")
    .action((data: string, options: RateOptions) => tuneRate(data, options, console));
  add("batch", "measure the gradient noise scale on the way of a short training", [
    ...unused,
    ...swarm,
  ])
    .option("--steps <number>", "steps of training", count, 300)
    .option("--looks <number>", "how often it is measured", count, 4)
    .option("--batches <number>", "batches of a measurement", count, 32)
    .action((data: string, options: BatchOptions) => tuneBatch(data, options, console));
  addDecision(command, console);
  addArchitecture(command, console);
  addAugment(command, console);
  addSearch(command, console);
}
