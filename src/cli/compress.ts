// `convoy compress RUN`: a smaller net of a finished run, as a run of its own, and what it lost.

import type { Command } from "commander";
import { rangeRules } from "../compress/index.js";
import { InputError } from "../inputError.js";
import { compressInt8, type Int8Report, openTrained } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { counted } from "../text/format.js";
import { count, list } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseNumber } from "./flags.js";
import { metricText, metricTitle } from "./metricText.js";
import { showReading } from "./reading.js";
import { table } from "./table.js";

interface Options extends EngineFlags {
  readonly int8?: boolean;
  readonly out: string;
  readonly calibrate?: number;
  readonly rule?: (typeof rangeRules)[number];
  readonly keep?: readonly string[];
  readonly atMost?: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** The metrics of a run's task. */
async function metricsOf(run: string, { engine, threads }: EngineFlags) {
  const net = await openTrained(run, { engine, threads });
  await net.close();
  return net.task.metrics;
}

function print(
  { out }: Console,
  report: Int8Report,
  metrics: Awaited<ReturnType<typeof metricsOf>>,
) {
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

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .requiredOption("--out <folder>", "folder of the run that is made")
    .option("--int8", "convolutions and linear layers in whole numbers of 8 bits")
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
    .action(async (run: string, { int8, json, ...options }: Options) => {
      if (!int8) throw new InputError("compress: say how; there is --int8");
      const onTry = (text: string) => say(console.err, text);
      const report = await compressInt8(run, {
        ...{ ...options, onTry, onProgress: showReading(console.err) },
      });
      if (json) sayJson(console, report);
      else print(console, report, await metricsOf(run, options));
    });
  addEngineFlags(command);
}
