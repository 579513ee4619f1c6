// `convoy compress RUN`: a smaller net of a finished run, as a run of its own, and what it lost.

import { type Command, InvalidArgumentError } from "commander";
import { rangeRules } from "../compress/index.js";
import { InputError } from "../inputError.js";
import { compressInt8, type Int8Report } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { counted } from "../text/format.js";
import { count, list } from "./arguments.js";
import { type MixedFlags, mixed, parseShare } from "./compressMixed.js";
import {
  type PruneFlags,
  type Pruning,
  parsePruning,
  prune,
  pruningText,
} from "./compressPrune.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseNumber } from "./flags.js";
import { metricText, metricTitle } from "./metricText.js";
import { showReading } from "./reading.js";
import { type RunMetrics, runMetrics } from "./runMetrics.js";
import { table } from "./table.js";

interface Options extends EngineFlags {
  readonly int8?: boolean;
  readonly prune?: Pruning;
  readonly bits?: "mixed";
  readonly targetSize?: number;
  readonly finetune?: number;
  readonly lr?: number;
  readonly out: string;
  readonly calibrate?: number;
  readonly rule?: (typeof rangeRules)[number];
  readonly keep?: readonly string[];
  readonly atMost?: number;
  readonly data?: string;
  readonly json?: boolean;
}

function print({ out }: Console, report: Int8Report, metrics: RunMetrics) {
  const { before, after, bytes, layers, images, lost, score } = report;
  const told = metrics.filter(({ name }) => before[name] !== undefined);
  const title = `of ${counted(images.selection, "selection image")}`;
  const rows = [
    ...told.map((metric) => [
      metricTitle(metric.name),
      metricText(metric, before[metric.name]),
      metricText(metric, after[metric.name]),
    ]),
    ["weights on disk", formatBytes(bytes.before), formatBytes(bytes.after)],
  ];
  for (const line of table([title, "f32", "int8"], rows)) say(out, line);
  say(out);
  const float = layers.filter(({ type }) => type === "f32");
  if (float.length > 0) {
    const cells = float.map(({ name, why }) => [name, why ?? ""]);
    for (const line of table(["layer in f32", "why"], cells)) say(out, line);
    say(out);
  }
  const many = `${layers.length - float.length} of ${counted(layers.length, "layer")}`;
  say(out, `${many} in int8, calibrated on ${counted(images.calibration, "training image")}`);
  const unit = metrics.find(({ name }) => name === score.metric)?.unit === "share" ? " points" : "";
  say(
    out,
    `${metricTitle(score.metric)} lost ${Number(lost.toFixed(4))}${unit}; run ${report.out}`,
  );
}

/** The one way to choose bits. */
function parseBits(text: string): "mixed" {
  if (text === "mixed") return text;
  throw new InvalidArgumentError(
    "Expected mixed; the same bits for all layers are trained by: convoy train --quantise.",
  );
}

/** Flags of one way, given with another. */
function refuse(options: object, way: string, names: readonly string[]): void {
  const name = names.find((one) => Object.hasOwn(options, one));
  if (name === undefined) return;
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new InputError(`compress: --${flag} has no effect on ${way}; leave it out`);
}

function pruneFlags(options: Options): PruneFlags {
  refuse(options, "--prune", ["int8", "targetSize", "calibrate", "rule", "keep", "atMost"]);
  return { ...options, prune: options.prune! };
}

function mixedFlags({ bits: _, ...options }: Options): MixedFlags {
  refuse(options, "--bits", ["int8", "prune", "rounds", "calibrate", "rule", "keep", "atMost"]);
  const { targetSize } = options;
  if (targetSize !== undefined) return { ...options, targetSize };
  throw new InputError("compress: --bits mixed needs a budget; give --target-size, as 25%");
}

function int8Flags({ int8, ...options }: Options) {
  if (!int8) throw new InputError("compress: say how; there are --int8, --prune and --bits");
  refuse(options, "--int8", ["finetune", "lr", "rounds", "targetSize"]);
  return options;
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .requiredOption("--out <folder>", "folder of the run that is made")
    .option("--int8", "convolutions and linear layers in whole numbers of 8 bits")
    .option(
      `--prune ${pruningText}`,
      "remove a share of the channels or weights, those that count least, as filters=0.5",
      parsePruning,
    )
    .option("--bits <mixed>", "bits for each layer, by how much the loss bends along it", parseBits)
    .option("--target-size <share>", "of the weights in their bits, of f32, as 25%", parseShare)
    .option(
      "--finetune <epochs>",
      "training behind that (default: 3 with --bits, none with --prune)",
      count,
    )
    .option("--lr <number>", "learning rate of that training (default: the run's)", parseNumber)
    .option(
      "--rounds <number>",
      "rounds of pruning and training, in which the share rises to that of --prune (default: 1)",
      count,
    )
    .option(
      "--calibrate <number>",
      "training images that ranges are found on (default: 500)",
      count,
    )
    .option(`--rule <name>`, `how a range is chosen: ${rangeRules.join(", ")} (default: mse)`)
    .option("--keep <layer,...>", "layers that stay in f32, as stage1.0.conv1", list)
    .option(
      "--at-most <points>",
      "most that the score may lose on the selection images; layers that cost most go back to f32",
      parseNumber,
    )
    .option("--data <data>", "where the data of the run are now")
    .option("--json", "print one object")
    .action(async (run: string, given: Options) => {
      if (given.bits) return mixed(run, mixedFlags(given), console);
      if (given.prune) return prune(run, pruneFlags(given), console);
      const { json, ...options } = int8Flags(given);
      const onTry = (text: string) => say(console.err, text);
      const report = await compressInt8(run, {
        ...{ ...options, onTry, onProgress: showReading(console.err) },
      });
      if (json) sayJson(console, report);
      else print(console, report, await runMetrics(run, options));
    });
  addEngineFlags(command);
}
