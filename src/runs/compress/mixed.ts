// A run's best weights in as many bits as each layer needs, trained on with learned steps: a run of its own that opens as
// any other.

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
import { InputError } from "../../inputError.js";
import { build } from "../../nn/index.js";
import { parseSettings } from "../../settings.js";
import type { MetricValues } from "../../tasks/index.js";
import { ownSets } from "../ownSets.js";
import { openTrained } from "../trained.js";
import type { BitAnswer, BitChooser } from "./bits/chooser.js";
import { getBitChooser } from "./bits/index.js";
import { drawn } from "./calibration.js";
import { expectFree } from "./compressedRun.js";
import { type ChangedReport, type CompressTrainingOptions, partsOf } from "./compressing.js";
import { expectFloat } from "./expectFloat.js";
import { intoRun } from "./intoRun.js";
import { startedNet } from "./startedNet.js";

const schema = z.strictObject({
  targetSize: z.number().gt(0).max(1).optional(),
  targetBops: z.number().gt(0).max(1).optional(),
  images: z.int().min(16).default(256),
  epochs: z.int().min(0).default(3),
  lr: z.number().positive().optional(),
});

/** Settings of {@link compressMixed}; beside these, what an engine may be told. */
export interface MixedOptions extends CompressTrainingOptions {
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
export interface MixedReport extends ChangedReport {
  /** How bits were chosen, and what the `measure` of layers is. */
  readonly by: string;
  readonly measures: string;
  /** Quantised, before any training. */
  readonly quantised: MetricValues;
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
 * layer have 8 bits. Numbers are computed as f32, and kept packed; `bytes` tells what they take in their bits. `undefined` when `signal` has ended the training: the run in `out` is saved, and can be resumed.
 *
 * @throws InputError for a run that is compressed already or holds an ensemble, data that are gone or others, none or two
 * budgets, one that nothing fits (with the smallest that something does), and a folder that holds something.
 * @example
 * const report = await compressMixed("runs/a", { targetSize: 0.25, images: 64, epochs: 1, out: "runs/a-mixed" });
 * report!.bytes.after <= 0.25 * report!.bytes.before; // true
 */
export async function compressMixed(
  run: string,
  options: MixedOptions,
): Promise<MixedReport | undefined> {
  const { out, measuring, watch, own } = partsOf(run, options);
  const { by = "hawq", onWarning, ...asked } = own;
  const settings = parseSettings(schema, asked, "compress");
  const { images: count, epochs, lr } = settings;
  const budget = budgetOf(settings);
  const chooser = typeof by === "string" ? getBitChooser(by) : by;
  expectFree(out);
  const net = await openTrained(run, measuring.engine);
  try {
    expectFloat(net, run);
    if (net.info.passes) {
      throw new InputError(
        `${run} holds a net after pass ${net.info.passes.map(({ pass }) => pass)}; bits are chosen for nets that are whole and in f32`,
      );
    }
    const { train } = await ownSets(net, measuring.sets);
    const images = net.fitting(drawn(train, count, net.config.settings.seed));
    const built = build(net.model.layer, [1, ...net.model.input], { training: false });
    const plan = bitPlan(built, budget);
    const { data, signal } = options;
    const answer = await chooser.choose({ run, net, plan, images, data, signal, onWarning });
    if (!answer) return undefined;
    const how = quantisationOfBits(plan, answer.bits);
    const small = await startedNet(net, how, images);
    const info = { ...net.info, passes: [{ pass: "quantise", ...how } as const] };
    const training = { ...measuring, epochs, lr, watch };
    const worth = await intoRun({ run, out }, net, { small, info }, training);
    if (!worth) return undefined;
    const { changed: quantised, ...rest } = worth;
    return {
      ...{ ...rest, quantised, by: chooser.name, measures: chooser.measures },
      layers: toldLayers(plan, how, answer.measure),
      bytes: { before: 4 * built.layout.length, after: bitsOfWeights(built, how) / 8 },
      bops: { before: bitOperations(built, { layers: {} }), after: bitOperations(built, how) },
    };
  } finally {
    await net.close();
  }
}
