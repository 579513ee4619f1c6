// `convoy compress RUN --bits mixed --target-size SHARE`: bits for each layer, trained on.

import { InvalidArgumentError, Option } from "commander";
import { InputError } from "../inputError.js";
import { bitChoosers, compressMixed, type MixedReport } from "../runs/index.js";
import { formatBytes } from "../text/bytes.js";
import { grouped, percent } from "../text/format.js";
import { compressRun, type Watch } from "./compressRun.js";
import type { CompressFlags, CompressWay } from "./compressWay.js";
import { type Console, say } from "./console.js";
import { lostLine, type RunMetrics, stagesTable } from "./lossReport.js";
import { table } from "./table.js";

/** What bits may be. */
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
  throw new InvalidArgumentError("Expected a share of the net in f32, as 25%.");
}

interface MixedFlags extends CompressFlags {
  readonly bits: "mixed";
  readonly targetSize?: number;
  readonly targetBops?: number;
  readonly by?: string;
  readonly finetune?: number;
  readonly lr?: number;
}

function print({ out }: Console, report: MixedReport, metrics: RunMetrics): void {
  const { before, quantised, after, bytes, bops, images, layers, measures } = report;
  const cells = layers.map(({ name, weights, bits, images: taken, measure }) => [
    ...[name, grouped(weights), String(bits), String(taken)],
    measure === undefined ? "" : String(Number(measure.toPrecision(2))),
  ]);
  const head = ["layer", "weights", "bits", "of images", measures];
  for (const line of table(head, cells)) say(out, line);
  say(out);
  const sizes = [bytes.before, bytes.after, bytes.after].map((size) => formatBytes(size));
  const shares = [1, bops.after / bops.before, bops.after / bops.before];
  const stages = [
    ["f32", before],
    ["quantised", quantised],
    ["trained on", after],
  ] as const;
  const rows = [
    ["weights in their bits", ...sizes],
    ["bit operations, of f32", ...shares.map((share) => percent(share))],
  ];
  for (const line of stagesTable(stages, metrics, images, rows)) say(out, line);
  say(out);
  say(out, lostLine(report, metrics));
}

export const mixed: CompressWay = {
  asks: "bits",
  takes: ["by", "targetSize", "targetBops", "finetune", "lr"],
  define(command) {
    command
      .option("--bits <mixed>", "bits for each layer, within one of the two budgets", parseBits)
      .addOption(
        new Option("--by <name>", "how bits are chosen (default: hawq)").choices(
          bitChoosers.map(({ name }) => name),
        ),
      )
      .option("--target-size <share>", "of the weights in their bits, of f32, as 25%", parseShare)
      .option(
        "--target-bops <share>",
        "of multiply-adds times bits of weights times bits of images, of f32, as 3%",
        parseShare,
      );
  },
  async compress(run, { bits: _, finetune, json, ...options }: MixedFlags, console) {
    if ((options.targetSize === undefined) === (options.targetBops === undefined)) {
      throw new InputError(
        "compress: --bits mixed needs one budget; give --target-size, as 25%, or --target-bops, as 3%",
      );
    }
    const onWarning = (text: string) => say(console.err, text);
    const compress = (watch: Watch) =>
      compressMixed(run, { ...options, ...watch, epochs: finetune, onWarning });
    await compressRun(run, { ...options, json }, console, { compress, print });
  },
};
