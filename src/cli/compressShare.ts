// `convoy compress RUN --share 4bit`: a few numbers a layer that its weights share.

import { InvalidArgumentError } from "commander";
import { compressShared, type ShareReport } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { grouped } from "../text/format.js";
import { compressRun, type Watch } from "./compressRun.js";
import type { CompressFlags, CompressWay } from "./compressWay.js";
import { type Console, say } from "./console.js";
import { lostLine, type RunMetrics, stagesTable } from "./lossReport.js";
import { table } from "./table.js";

/** `4bit`. */
export function parseShareBits(text: string): number {
  const [, bits] = /^([1-8])(?:-?bits?)?$/.exec(text) ?? [];
  if (bits !== undefined) return Number(bits);
  throw new InvalidArgumentError("Expected the bits of a weight, 1 to 8, as 4bit.");
}

interface ShareFlags extends CompressFlags {
  readonly share: number;
  readonly finetune?: number;
  readonly lr?: number;
}

function print({ out }: Console, report: ShareReport, metrics: RunMetrics): void {
  const { before, shared, after, bytes, images, layers } = report;
  const cells = layers.map(({ name, weights, nonZeros, centroids }) => [
    ...[name, grouped(weights), grouped(nonZeros)],
    String(centroids),
  ]);
  for (const line of table(["weights", "all", "not 0", "centroids"], cells)) say(out, line);
  say(out);
  const sizes = [bytes.before, bytes.after, bytes.after].map((size) => formatBytes(size));
  const stages = [
    ["before", before],
    ["shared", shared],
    ["trained on", after],
  ] as const;
  const rows = [["weights on disk", ...sizes]];
  for (const line of stagesTable(stages, metrics, images, rows)) say(out, line);
  say(out);
  say(out, lostLine(report, metrics));
}

export const share: CompressWay = {
  asks: "share",
  takes: ["finetune", "lr"],
  define(command) {
    command.option(
      "--share <bits>",
      "a few numbers a layer that its weights share, as 4bit for 16 of them",
      parseShareBits,
    );
  },
  async compress(run, { share: bits, finetune, json, ...options }: ShareFlags, console) {
    const compress = (watch: Watch) =>
      compressShared(run, { ...options, ...watch, bits, epochs: finetune });
    await compressRun(run, { ...options, json }, console, { compress, print });
  },
};
