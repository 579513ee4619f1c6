// `convoy compress RUN --prune WAY=SHARE`: a net with fewer channels or weights, trained on.

import { InvalidArgumentError } from "commander";
import { pruners } from "../compress/index.js";
import { compressPruned, type PruneReport } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { grouped } from "../text/format.js";
import { count } from "./arguments.js";
import { compressRun, type Watch } from "./compressRun.js";
import type { CompressFlags, CompressWay } from "./compressWay.js";
import { type Console, say } from "./console.js";
import { lostLine, type RunMetrics, stagesTable } from "./lossReport.js";

/** A way to prune, and how much: a share of what goes, or of the multiply-adds that are left. */
interface Pruning {
  readonly by: string;
  readonly share?: number;
  readonly macs?: number;
}

/** What the option takes. */
export const pruningText = `<${pruners.map(({ name }) => name).join("|")}=share, or l0>`;

/** A decimal number as people write it: no `0x1`, no `1e400`. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** A number; NaN for what is none. */
const decimal = (text = "") =>
  DECIMAL.test(text) && Number.isFinite(Number(text)) ? Number(text) : Number.NaN;

/** `filters=0.5`, or `filters=auto,macs=50%`. */
export function parsePruning(text: string): Pruning {
  const [, chosen, left, unit] = /^([^=]*)=auto,macs=([^%]*)(%?)$/.exec(text) ?? [];
  const macs = decimal(left) / (unit === "%" ? 100 : 1);
  if (chosen !== undefined && !Number.isNaN(macs)) return { by: chosen, macs };
  if (text === "l0") return { by: text };
  const [by, share, ...others] = text.split("=");
  const value = decimal(share);
  if (others.length === 0 && !Number.isNaN(value)) return { by, share: value };
  throw new InvalidArgumentError(
    "Expected a way and a share, as filters=0.5, or filters=auto,macs=50%; or l0, for gates that training has shut.",
  );
}

interface PruneFlags extends CompressFlags {
  readonly prune: Pruning;
  readonly finetune?: number;
  readonly lr?: number;
  readonly rounds?: number;
  readonly rewind?: string;
}

function print({ out }: Console, report: PruneReport, metrics: RunMetrics): void {
  const { before, pruned, after, size, images } = report;
  const sizes = (title: string, tell: (of: PruneReport["size"]["before"]) => string) => [
    title,
    ...[size.before, size.after, size.after].map(tell),
  ];
  const rows = [
    sizes("parameters", ({ parameters }) => grouped(parameters)),
    sizes("of them not 0", ({ nonZeros }) => grouped(nonZeros)),
    sizes("multiply-adds of an image", ({ macs }) => grouped(macs)),
    sizes("weights on disk", ({ bytes }) => formatBytes(bytes)),
  ];
  const stages = [
    ["whole", before],
    ["pruned", pruned],
    ["trained on", after],
  ] as const;
  for (const line of stagesTable(stages, metrics, images, rows)) say(out, line);
  say(out);
  say(out, lostLine(report, metrics));
}

export const prune: CompressWay = {
  asks: "prune",
  takes: ["finetune", "lr", "rounds", "rewind"],
  define(command) {
    command
      .option(
        `--prune ${pruningText}`,
        "remove a share of the channels or weights, those that count least, as filters=0.5; filters=auto,macs=50% leaves half of the multiply-adds, and each layer the channels that it needs; l0 takes channels whose gates training has shut",
        parsePruning,
      )
      .option(
        "--rounds <number>",
        "rounds of pruning and training, in which the share rises to that of --prune (default: 1)",
        count,
      )
      .option(
        "--rewind <run>",
        "run or weights file, early in training, that weights that are left go back to before they are trained",
      );
  },
  async compress(run, { prune: pruning, finetune, json, ...options }: PruneFlags, console) {
    const compress = (watch: Watch) =>
      compressPruned(run, { ...options, ...watch, ...pruning, epochs: finetune });
    await compressRun(run, { ...options, json }, console, { compress, print });
  },
};
