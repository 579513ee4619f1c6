// `convoy compress RUN --prune WAY=SHARE`: a net with fewer channels or weights, trained on.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { pruners } from "../compress/index.js";
import { compressPruned, type PruneReport, runFiles } from "../runs/index.js";
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

/** A way to prune, and a share. */
export interface Pruning {
  readonly by: string;
  readonly share: number;
}

/** What `--prune` takes. */
export const pruningText = `<${pruners.map(({ name }) => name).join("|")}=share>`;

/** `filters=0.5`. */
export function parsePruning(text: string): Pruning {
  const [by, share, ...others] = text.split("=");
  const value = Number(share);
  if (others.length === 0 && share && Number.isFinite(value)) return { by, share: value };
  throw new InvalidArgumentError("Expected a way and a share, as filters=0.5.");
}

/** What the verb was told. */
export interface PruneFlags extends EngineFlags {
  readonly out: string;
  readonly prune: Pruning;
  readonly finetune?: number;
  readonly lr?: number;
  readonly rounds?: number;
  readonly data?: string;
  readonly json?: boolean;
}

function print({ out }: Console, report: PruneReport, metrics: RunMetrics): void {
  const { before, pruned, after, size, images, score, lost } = report;
  const told = metrics.filter(({ name }) => before[name] !== undefined);
  const row = (title: string, tell: (values: PruneReport["before"]) => string) => [
    title,
    ...[before, pruned, after].map(tell),
  ];
  const sizes = (title: string, tell: (of: PruneReport["size"]["before"]) => string) => [
    title,
    ...[size.before, size.after, size.after].map(tell),
  ];
  const rows = [
    ...told.map((metric) =>
      row(metricTitle(metric.name), (values) => metricText(metric, values[metric.name])),
    ),
    sizes("parameters", ({ parameters }) => grouped(parameters)),
    sizes("of them not 0", ({ nonZeros }) => grouped(nonZeros)),
    sizes("multiply-adds of an image", ({ macs }) => grouped(macs)),
    sizes("weights on disk", ({ bytes }) => formatBytes(bytes)),
  ];
  const title = `of ${counted(images, "selection image")}`;
  for (const line of table([title, "whole", "pruned", "trained on"], rows)) say(out, line);
  say(out);
  const unit = metrics.find(({ name }) => name === score.metric)?.unit === "share" ? " points" : "";
  say(
    out,
    `${metricTitle(score.metric)} lost ${Number(lost.toFixed(2)) + 0}${unit}; run ${report.out}`,
  );
}

/** Prunes, trains on, and tells what became of it. */
export async function prune(
  run: string,
  { prune: pruning, finetune, json, ...options }: PruneFlags,
  console: Console,
): Promise<void> {
  const report = await interruptible(
    (signal) =>
      compressPruned(run, {
        ...{ ...options, ...pruning, epochs: finetune, signal },
        listeners: [showProgress(console.err)],
        onProgress: showReading(console.err),
      }),
    (line) => say(console.err, line),
  );
  if (!report) {
    throw new Interrupted(
      existsSync(join(options.out, runFiles.config))
        ? `saved; go on with: convoy train --resume ${options.out}`
        : "interrupted before the last round; nothing is kept",
    );
  }
  if (json) sayJson(console, report);
  else print(console, report, await runMetrics(run, options));
}
