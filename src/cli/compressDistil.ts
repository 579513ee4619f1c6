// `convoy compress RUN --distil MODEL`: another model that the run teaches.

import { compressDistilled, type DistilReport } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { grouped } from "../text/format.js";
import { count } from "./arguments.js";
import { compressRun, type Watch } from "./compressRun.js";
import type { CompressFlags, CompressWay } from "./compressWay.js";
import { type Console, say } from "./console.js";
import { lostLine, type RunMetrics, stagesTable } from "./lossReport.js";

interface DistilFlags extends CompressFlags {
  readonly distil: string;
  readonly epochs?: number;
  readonly lr?: number;
}

function print({ out }: Console, report: DistilReport, metrics: RunMetrics): void {
  const { teacher, student, size, images } = report;
  const sizes = (title: string, tell: (of: DistilReport["size"]["before"]) => string) => [
    title,
    ...[size.before, size.after].map(tell),
  ];
  const rows = [
    sizes("parameters", ({ parameters }) => grouped(parameters)),
    sizes("multiply-adds of an image", ({ macs }) => grouped(macs)),
    sizes("weights on disk", ({ bytes }) => formatBytes(bytes)),
  ];
  const stages = [
    ["teacher", teacher],
    ["student", student],
  ] as const;
  for (const line of stagesTable(stages, metrics, images, rows)) say(out, line);
  say(out);
  say(out, lostLine(report, metrics));
}

export const distil: CompressWay = {
  asks: "distil",
  takes: ["epochs", "lr"],
  define(command) {
    command
      .option(
        "--distil <model>",
        "another model by name, trained from scratch with the run as its teacher",
      )
      .option(
        "--epochs <number>",
        "passes over the training data of --distil (default: the run's)",
        count,
      );
  },
  async compress(run, { distil: model, json, ...options }: DistilFlags, console) {
    const compress = (watch: Watch) => compressDistilled(run, { ...options, ...watch, model });
    await compressRun(run, { ...options, json }, console, { compress, print });
  },
};
