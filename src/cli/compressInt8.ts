// `convoy compress RUN --int8`: whole numbers of 8 bits, by ranges that are found on training images.

import { rangeRules } from "../compress/index.js";
import { compressInt8, type Int8Report } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { counted } from "../text/format.js";
import { count, list } from "./arguments.js";
import type { CompressFlags, CompressWay } from "./compressWay.js";
import { type Console, say, sayJson } from "./console.js";
import { parseNumber } from "./flags.js";
import { lostLine, type RunMetrics, runMetrics, stagesTable } from "./lossReport.js";
import { showReading } from "./reading.js";
import { table } from "./table.js";

interface Int8Flags extends CompressFlags {
  readonly int8: true;
  readonly calibrate?: number;
  readonly rule?: (typeof rangeRules)[number];
  readonly keep?: readonly string[];
  readonly atMost?: number;
}

function print({ out }: Console, report: Int8Report, metrics: RunMetrics): void {
  const { before, after, bytes, layers, images } = report;
  const sizes = ["weights on disk", formatBytes(bytes.before), formatBytes(bytes.after)];
  const stages = [
    ["f32", before],
    ["int8", after],
  ] as const;
  for (const line of stagesTable(stages, metrics, images.selection, [sizes])) say(out, line);
  say(out);
  const float = layers.filter(({ type }) => type === "f32");
  if (float.length > 0) {
    const cells = float.map(({ name, why }) => [name, why ?? ""]);
    for (const line of table(["layer in f32", "why"], cells)) say(out, line);
    say(out);
  }
  const many = `${layers.length - float.length} of ${counted(layers.length, "layer")}`;
  say(out, `${many} in int8, calibrated on ${counted(images.calibration, "training image")}`);
  if (bytes.after > bytes.before) {
    say(out, "the file became larger: before, weights were packed in fewer than 8 bits");
  }
  say(out, lostLine(report, metrics));
}

export const int8: CompressWay = {
  asks: "int8",
  takes: ["calibrate", "rule", "keep", "atMost"],
  define(command) {
    command
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
      );
  },
  async compress(run, { int8: _, json, ...options }: Int8Flags, console) {
    const onTry = (text: string) => say(console.err, text);
    const onProgress = showReading(console.err);
    const report = await compressInt8(run, { ...options, onTry, onProgress });
    if (json) sayJson(console, report);
    else print(console, report, await runMetrics(run, options));
  },
};
