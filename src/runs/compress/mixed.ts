// A run's best weights in as many bits as each layer needs, trained on with learned steps: a run of its own that opens as
// any other.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import {
  type BitBudget,
  type BitPlan,
  bitOperations,
  bitPlan,
  bitsOfWeights,
  type Quantisation,
  quantisationOfBits,
} from "../../compress/index.js";
import type { EngineOptions } from "../../engine/index.js";
import { InputError } from "../../inputError.js";
import { build } from "../../nn/index.js";
import { parseSettings } from "../../settings.js";
import type { MetricValues, Score } from "../../tasks/index.js";
import { type OwnSetsOptions, ownSets } from "../ownSets.js";
import type { TrainOptions } from "../train.js";
import { openTrained } from "../trained.js";
import type { BitAnswer, BitChooser } from "./bits/chooser.js";
import { getBitChooser } from "./bits/index.js";
import { drawn } from "./calibration.js";
import { expectFree } from "./compressedRun.js";
import { expectFloat, lossOf } from "./expectFloat.js";
import { measured } from "./measured.js";
import { startedNet } from "./startedNet.js";
import { trainedOn } from "./trainedOn.js";

const schema = z.strictObject({
  targetSize: z.number().gt(0).max(1).optional(),
  targetBops: z.number().gt(0).max(1).optional(),
  images: z.int().min(16).default(256),
  epochs: z.int().min(0).default(3),
  lr: z.number().positive().optional(),
});

/** Settings of {@link compressMixed}; beside these, what an engine may be told. */
export interface MixedOptions
  extends EngineOptions,
    Omit<OwnSetsOptions, "moved">,
    Pick<TrainOptions, "listeners" | "signal"> {
  /** Folder of the run that is made; it holds nothing yet. */
  readonly out: string;
  /** Bits of all weights, as a share of those in f32: above 0, at most 1. Images have 8 bits. */
  readonly targetSize?: number;
  /**
   * In place of that: multiply-adds times bits of weights times bits of images, as a share of those in f32. A layer's images
   * have as many bits as its weights.
   */
  readonly targetBops?: number;
  /** How bits are chosen: a name, as `hawq` (default), or a way of your own. */
  readonly by?: string | BitChooser;
  /** Training images that the loss is looked at on; default 256, or all where there are fewer. */
  readonly images?: number;
  /** Epochs of training behind that; default 3. */
  readonly epochs?: number;
  /** Learning rate of that training; default the run's. */
  readonly lr?: number;
  /** Is told what looks wrong. */
  readonly onWarning?: (text: string) => void;
}

/** A layer as {@link compressMixed} left it. */
export interface MixedLayer {
  readonly name: string;
  readonly weights: number;
  /** Of its weights, and of the images that it takes. */
  readonly bits: number;
  readonly images: number;
  /** What its bits were chosen by; none of the first and the last layer, whose bits are fixed. */
  readonly measure?: number;
}

/** What {@link compressMixed} made. */
export interface MixedReport {
  readonly run: string;
  readonly out: string;
  /** How bits were chosen, and what the `measure` of layers is. */
  readonly by: string;
  readonly measures: string;
  readonly score: Score;
  /** Selection images, which the metrics are of. */
  readonly images: number;
  readonly before: MetricValues;
  /** Quantised, before any training. */
  readonly quantised: MetricValues;
  /** After training; as before it where there is none. */
  readonly after: MetricValues;
  /** What the score lost, in points of a share or the score's unit; below 0 where it won. */
  readonly lost: number;
  /** Bytes of all weights, each in its bits. */
  readonly bytes: { readonly before: number; readonly after: number };
  /** Bit operations of an image: multiply-adds times bits of weights times bits of images. */
  readonly bops: { readonly before: number; readonly after: number };
  readonly layers: readonly MixedLayer[];
}

/** What the settings allow. */
function budgetOf({ targetSize, targetBops }: z.output<typeof schema>): BitBudget {
  if ((targetSize === undefined) === (targetBops === undefined)) {
    throw new InputError(
      "compress: bits need one budget; give targetSize (a share of the size in f32) or targetBops (of the bit operations)",
    );
  }
  return targetSize === undefined
    ? { of: "bops", share: targetBops! }
    : { of: "size", share: targetSize };
}

/** The layers of a plan as they are told. */
const toldLayers = (
  { layers }: BitPlan,
  { layers: widths }: Quantisation,
  measure: BitAnswer["measure"],
): MixedLayer[] =>
  layers.map(({ name, numbers }) => {
    const [bits, images] = widths[name];
    return {
      ...{ name, weights: numbers, bits, images },
      ...(measure.has(name) && { measure: measure.get(name)! }),
    };
  });

/**
 * Gives each layer of a run's net as many bits as a budget of size or bit operations allows and its sensitivity asks for, and
 * trains the net on with them: a run folder that evaluates, predicts and is trained on as any other. The first and the last
 * layer have 8 bits. Numbers are computed, and stored, as f32; `bytes` tells what they take in their
 * bits. `undefined` when `signal` has ended the training: the run in `out` is saved, and can be resumed.
 *
 * @throws InputError for a run that is compressed already or holds an ensemble, data that are gone or others, none or two
 * budgets, one that nothing fits (with the smallest that something does), and a folder that holds something.
 * @example
 * const report = await compressMixed("runs/a", { targetSize: 0.25, epochs: 1, out: "runs/a-mixed" });
 * report!.bytes.after <= 0.25 * report!.bytes.before; // true
 */
export async function compressMixed(
  run: string,
  options: MixedOptions,
): Promise<MixedReport | undefined> {
  const { out, data, onProgress, onWarning, engine, threads, listeners, signal, ...others } =
    options;
  const { by = "hawq", ...rest } = others;
  const settings = parseSettings(schema, rest, "compress");
  const { images: count, epochs, lr } = settings;
  const budget = budgetOf(settings);
  const chooser = typeof by === "string" ? getBitChooser(by) : by;
  expectFree(out);
  const moved = `say where: convoy compress ${run} --data NEW`;
  const measuring = { engine: { engine, threads }, sets: { data, moved, onProgress } };
  const net = await openTrained(run, measuring.engine);
  try {
    expectFloat(net, run);
    if (net.info.passes) {
      throw new InputError(
        `${run} holds a net after pass ${net.info.passes.map(({ pass }) => pass)}; bits are chosen for nets that are whole and in f32`,
      );
    }
    const { train, selection } = await ownSets(net, measuring.sets);
    const images = net.fitting(drawn(train, count, net.config.settings.seed));
    const built = build(net.model.layer, [1, ...net.model.input], { training: false });
    const plan = bitPlan(built, budget);
    const answer = await chooser.choose({ run, net, plan, images, data, signal, onWarning });
    if (!answer) return undefined;
    const how = quantisationOfBits(plan, answer.bits);
    const small = await startedNet(net, how, images);
    const start = epochs === 0 ? out : mkdtempSync(join(tmpdir(), "convoy-mixed-"));
    try {
      const info = { ...net.info, passes: [{ pass: "quantise", ...how } as const] };
      const training = { ...measuring, epochs, lr, watch: { listeners, signal, onProgress } };
      const folders = { start, to: out };
      const { metrics: quantised } = await trainedOn(folders, small, info, net.config, training);
      if (epochs > 0 && signal?.aborted) return undefined;
      const before = await measured(run, measuring);
      const after = epochs === 0 ? quantised : await measured(out, measuring);
      return {
        ...{ run, out, score: net.score, before, quantised, after },
        ...{ by: chooser.name, measures: chooser.measures },
        layers: toldLayers(plan, how, answer.measure),
        images: selection.length,
        lost: lossOf(net, before, after),
        bytes: { before: 4 * built.layout.length, after: bitsOfWeights(built, how) / 8 },
        bops: { before: bitOperations(built, { layers: {} }), after: bitOperations(built, how) },
      };
    } finally {
      if (start !== out) rmSync(start, { recursive: true });
    }
  } finally {
    await net.close();
  }
}
