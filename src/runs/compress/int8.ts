// A run's best weights as a net in whole numbers, after training (Jacob et al. 2017, arXiv 1712.05877): a run of its own
// that opens as any other.

import { statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type LayerType, rangeRules } from "../../compress/index.js";
import { InputError } from "../../inputError.js";
import { parseSettings } from "../../settings.js";
import type { MetricValues } from "../../tasks/index.js";
import { ownSets } from "../ownSets.js";
import { runFiles } from "../runFiles.js";
import { openTrained, type TimedEvaluation } from "../trained.js";
import { calibrated, drawn } from "./calibration.js";
import { expectFree, writeCompressed } from "./compressedRun.js";
import type { CompressOptions, CompressReport } from "./compressing.js";
import { expectFloat, lossOf } from "./expectFloat.js";
import { Int8Nets } from "./int8Net.js";
import { type PutBack, putBack } from "./putBack.js";

const schema = z.strictObject({
  calibrate: z.int().min(1).default(500),
  rule: z.enum(rangeRules).default("mse"),
  keep: z.array(z.string()).readonly().default([]),
  atMost: z.number().min(0).optional(),
});

/** Settings of {@link compressInt8}; beside these, what an engine may be told. */
export interface Int8Options extends CompressOptions {
  /** Training images that ranges are found on; default 500, or all where there are fewer. */
  readonly calibrate?: number;
  /** How a range is chosen: `mse` (default), `percentile` or `min-max`. */
  readonly rule?: (typeof rangeRules)[number];
  /** Layers that stay in f32, by their paths; default none. */
  readonly keep?: readonly string[];
  /**
   * Most that the score may lose on the selection images, in points (hundredths) of a share and else in the score's unit:
   * as many layers as it takes go back to f32. Default: whatever it loses.
   */
  readonly atMost?: number;
  /** Is told what is being tried. */
  readonly onTry?: (text: string) => void;
}

/** What {@link compressInt8} made. */
export interface Int8Report extends CompressReport {
  /** Images that ranges were found on, and those that the score is of. */
  readonly images: { readonly calibration: number; readonly selection: number };
  readonly before: MetricValues;
  readonly after: MetricValues;
  /** Of the files of weights. */
  readonly bytes: { readonly before: number; readonly after: number };
  /** Layers with weights, and why some are in f32. */
  readonly layers: readonly LayerType[];
}

const result = ({ loss, metrics }: TimedEvaluation): MetricValues => ({ loss, ...metrics });

/** A layer as it is told: those that somebody wanted in f32 say who. */
const told =
  (keep: readonly string[], back: readonly PutBack[]) =>
  (layer: LayerType): LayerType => {
    const lost = back.find((one) => one.layer === layer.name);
    if (lost) return { ...layer, why: `alone it raises the loss by ${lost.rise.toPrecision(2)}` };
    return keep.includes(layer.name) ? { ...layer, why: "asked for" } : layer;
  };

/**
 * Makes int8 of a run's best weights: finds the ranges of values on some of the run's training images, and writes a run folder
 * that evaluates, predicts and gives features as any other, of about a quarter of the bytes. What it lost is told on the
 * images that chose the best epoch, never on test images.
 *
 * @throws InputError for a run that is compressed already or holds an ensemble, data that are gone or others, a layer to keep
 * that is none, a folder that holds something, and where the score loses more than it may with every layer in f32.
 * @example
 * const { lost, bytes } = await compressInt8("runs/a", { out: "runs/a-int8", calibrate: 100 });
 * lost < 5; // true
 * bytes.after < 0.4 * bytes.before; // true
 */
export async function compressInt8(run: string, options: Int8Options): Promise<Int8Report> {
  const { out, data, onProgress, onTry, engine, threads, ...settings } = options;
  const { calibrate: count, rule, keep, atMost } = parseSettings(schema, settings, "compress");
  expectFree(out);
  const net = await openTrained(run, { engine, threads });
  try {
    expectFloat(net, run);
    const moved = `say where: convoy compress ${run} --data NEW`;
    const { train, selection } = await ownSets(net, { data, moved, onProgress });
    const images = net.fitting(drawn(train, count, net.config.settings.seed));
    const nets = new Int8Nets(net, await calibrated(net, images, rule), run);
    nets.whole(keep);
    const before = await net.evaluate(selection);
    const first = await nets.evaluate(keep, selection);
    const isEnough = ({ metrics }: TimedEvaluation) =>
      atMost === undefined || lossOf(net, before.metrics, metrics) <= atMost;
    const { loss } = isEnough(first) ? before : await net.evaluate(images);
    const control = { keep, images: { rank: images, judge: selection }, loss, isEnough, onTry };
    const { evaluation, putBack: back } = await putBack(nets, first, control);
    const kept = [...keep, ...back.map(({ layer }) => layer)];
    const layers = nets.layers(kept).map(told(keep, back));
    if (!layers.some(({ type }) => type === "int8")) {
      throw new InputError(
        `${run}: no layer is left that could be int8` +
          (atMost === undefined ? "" : ` at a loss of at most ${atMost}; allow more by --at-most`),
      );
    }
    const info = nets.info(kept);
    const size = await writeCompressed(out, nets.whole(kept), info, net.config);
    return {
      ...{ run, out, layers, score: net.score },
      images: { calibration: images.length, selection: selection.length },
      before: result(before),
      after: result(evaluation),
      lost: lossOf(net, before.metrics, evaluation.metrics),
      bytes: { before: statSync(join(run, runFiles.best)).size, after: size },
    };
  } finally {
    await net.close();
  }
}
