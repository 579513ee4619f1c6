// `convoy compress RUN --bits mixed --target-size SHARE`: bits for each layer, trained on.

import { InvalidArgumentError } from "commander";
import { compressMixed, type MixedReport } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { counted, grouped } from "../text/format.js";
import { type Console, say, sayJson } from "./console.js";
import type { EngineFlags } from "./engineFlags.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { metricText, metricTitle } from "./metricText.js";
import { showProgress } from "./progress.js";
import { showReading } from "./reading.js";
import { type RunMetrics, runMetrics } from "./runMetrics.js";
import { table } from "./table.js";

/** `25%`, or 0.25. */
export function parseShare(text: string): number {
  const [, number, unit] = /^([\d.]+)(%?)$/.exec(text) ?? [];
  const share = Number(number) / (unit === "%" ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError("Expected a share of the size in f32, as 25%.");
}

/** What the verb was told. */
export interface MixedFlags extends EngineFlags {
  readonly out: string;
  readonly targetSize: number;
  readonly finetune?: number;
  readonly lr?: number;
  readonly data?: string;
  readonly json?: boolean;
}

function print({ out }: Console, report: MixedReport, metrics: RunMetrics): void {
  const { before, quantised, after, bytes, images, score, lost, layers } = report;
  const cells = layers.map(({ name, weights, bits, curvature }) => [
    ...[name, grouped(weights), String(bits)],
    curvature === undefined ? "" : curvature.toPrecision(2),
  ]);
  for (const line of table(["layer", "weights", "bits", "mean eigenvalue"], cells)) say(out, line);
  say(out);
  const told = metrics.filter(({ name }) => before[name] !== undefined);
  const sizes = [bytes.before, bytes.after, bytes.after].map((size) => formatBytes(size));
  const rows = [
    ...told.map((metric) => [
      metricTitle(metric.name),
      ...[before, quantised, after].map((values) => metricText(metric, values[metric.name])),
    ]),
    ["weights in their bits", ...sizes],
  ];
  const title = `of ${counted(images, "selection image")}`;
  for (const line of table([title, "f32", "quantised", "trained on"], rows)) say(out, line);
  say(out);
  const unit = metrics.find(({ name }) => name === score.metric)?.unit === "share" ? " points" : "";
  say(
    out,
    `${metricTitle(score.metric)} lost ${Number(lost.toFixed(2)) + 0}${unit}; run ${report.out}`,
  );
}

/** Chooses bits, trains on, and tells what became of it. */
export async function mixed(
  run: string,
  { finetune, json, ...options }: MixedFlags,
  console: Console,
): Promise<void> {
  const report = await interruptible(
    (signal) =>
      compressMixed(run, {
        ...{ ...options, epochs: finetune, signal },
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
}
