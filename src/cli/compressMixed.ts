// `convoy compress RUN --bits mixed --target-size SHARE`: bits for each layer, trained on.

import { InvalidArgumentError } from "commander";
import { InputError } from "../inputError.js";
import { compressMixed, type MixedReport } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { grouped } from "../text/format.js";
import type { CompressFlags, CompressWay } from "./compressWay.js";
import { type Console, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { lostLine, type RunMetrics, runMetrics, stagesTable } from "./lossReport.js";
import { showProgress } from "./progress.js";
import { showReading } from "./reading.js";
import { table } from "./table.js";

/** The one way to choose bits. */
function parseBits(text: string): "mixed" {
  if (text === "mixed") return text;
  throw new InvalidArgumentError(
    "Expected mixed; the same bits for all layers are trained by: convoy train --quantise.",
  );
}

/** `25%`, or 0.25. */
function parseShare(text: string): number {
  const [, number, unit] = /^([\d.]+)(%?)$/.exec(text) ?? [];
  const share = Number(number) / (unit === "%" ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError("Expected a share of the size in f32, as 25%.");
}

interface MixedFlags extends CompressFlags {
  readonly bits: "mixed";
  readonly targetSize?: number;
  readonly finetune?: number;
  readonly lr?: number;
}

function print({ out }: Console, report: MixedReport, metrics: RunMetrics): void {
  const { before, quantised, after, bytes, images, layers } = report;
  const cells = layers.map(({ name, weights, bits, curvature }) => [
    ...[name, grouped(weights), String(bits)],
    curvature === undefined ? "" : curvature.toPrecision(2),
  ]);
  for (const line of table(["layer", "weights", "bits", "mean eigenvalue"], cells)) say(out, line);
  say(out);
  const sizes = [bytes.before, bytes.after, bytes.after].map((size) => formatBytes(size));
  const stages = [
    ["f32", before],
    ["quantised", quantised],
    ["trained on", after],
  ] as const;
  const rows = [["weights in their bits", ...sizes]];
  for (const line of stagesTable(stages, metrics, images, rows)) say(out, line);
  say(out);
  say(out, lostLine(report, metrics));
}

export const mixed: CompressWay = {
  asks: "bits",
  takes: ["targetSize", "finetune", "lr"],
  define(command) {
    command
      .option(
        "--bits <mixed>",
        "bits for each layer, by how much the loss bends along it",
        parseBits,
      )
      .option("--target-size <share>", "of the weights in their bits, of f32, as 25%", parseShare);
  },
  async compress(run, { bits: _, targetSize, finetune, json, ...options }: MixedFlags, console) {
    if (targetSize === undefined) {
      throw new InputError("compress: --bits mixed needs a budget; give --target-size, as 25%");
    }
    const report = await interruptible(
      (signal) =>
        compressMixed(run, {
          ...{ ...options, targetSize, epochs: finetune, signal },
          listeners: [showProgress(console.err)],
          onProgress: showReading(console.err),
          onWarning: (text) => say(console.err, text),
        }),
      (line) => say(console.err, line),
    );
    if (!report) {
      throw new Interrupted(`saved; go on with: convoy train --resume ${options.out}`);
    }
    if (json) sayJson(console, report);
    else print(console, report, await runMetrics(run, options));
  },
};
