// `convoy tune lr DATA`, `convoy tune batch DATA`: what a learning rate and a batch size should be.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import {
  type NoiseScale,
  noiseScale,
  rangeChart,
  rangeFiles,
  rangeTable,
  rangeTest,
} from "../analysis/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { grouped } from "../text/format.js";
import { trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addFlags } from "./flags.js";
import { table } from "./table.js";

type Settings = Partial<TrainSettings>;

/** Settings of a run that a short training has no use for. */
const unused = ["data", "out", "epochs", "steps", "patience", "minutes", "saveMinutes"] as const;
const swarm = ["swarm", "particles", "topology", "coupling"] as const;

interface RateOptions extends Settings {
  readonly low: number;
  readonly high: number;
  readonly steps: number;
  readonly folder: string;
  readonly json?: boolean;
}

interface BatchOptions extends Settings {
  readonly steps: number;
  readonly looks: number;
  readonly batches: number;
  readonly json?: boolean;
}

const short = (value: number) => `${Number(value.toPrecision(3))}`;

async function tuneRate(data: string, options: RateOptions, console: Console): Promise<void> {
  const { low, high, steps, folder, json, ...settings } = options;
  const found = await rangeTest({ ...settings, data }, { low, high, steps });
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, rangeFiles.table), rangeTable(found));
  await writeFileAtomic(join(folder, rangeFiles.chart), rangeChart(found));
  if (json) return sayJson(console, found);
  const { points, suggestion, diverged } = found;
  say(
    console.out,
    `${points.length} steps, learning rates from ${short(low)} to ${short(points.at(-1)!.lr)}`,
  );
  if (diverged !== undefined) say(console.out, `the loss burst at ${short(diverged)}`);
  say(
    console.out,
    suggestion === undefined
      ? "the loss never fell: try larger rates, more steps or another optimizer"
      : `it fell fastest at ${short(suggestion)}: try --lr ${short(suggestion)}`,
  );
  say(console.out, `curve: ${join(folder, rangeFiles.chart)}`);
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
  const scales = await noiseScale({ ...settings, data }, { steps, looks, batches });
  if (json) return sayJson(console, { scales });
  for (const line of describe(scales)) say(console.out, line);
}

export function define(command: Command, console: Console): void {
  const add = (name: string, summary: string, without: Parameters<typeof addFlags>[2]) => {
    const verb = command.command(name).description(summary);
    verb.argument("<data>", trainConfig.shape.data.description);
    addFlags(verb, trainConfig, [...unused, ...swarm, ...without]);
    return verb.option("--json", "print one object");
  };
  add("lr", "train with rising learning rates and see where the loss falls", [
    "lr",
    "schedule",
    "warmup",
  ])
    .option("--low <number>", "learning rate of the first step", Number, 1e-5)
    .option("--high <number>", "learning rate of the last step", Number, 10)
    .option("--steps <number>", "steps of the test", count, 150)
    .option("--folder <path>", "where the curve goes", "runs/tune-lr")
    .action((data: string, options: RateOptions) => tuneRate(data, options, console));
  add("batch", "measure the gradient noise scale on the way of a short training", [])
    .option("--steps <number>", "steps of training", count, 300)
    .option("--looks <number>", "how often it is measured", count, 4)
    .option("--batches <number>", "batches of a measurement", count, 32)
    .action((data: string, options: BatchOptions) => tuneBatch(data, options, console));
}
