// A run's best weights in as many bits as each layer needs (HAWQ-V3, Yao et al. 2020, arXiv 2011.10680), trained on with
// learned steps: a run of its own that opens as any other.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import {
  allocate,
  type BitWork,
  bitLayers,
  bitsOfWeights,
  bitWork,
  type Quantisation,
  quantise,
  startQuantisers,
} from "../../compress/index.js";
import { type Dataset, Loader } from "../../data/index.js";
import type { EngineOptions } from "../../engine/index.js";
import { InputError } from "../../inputError.js";
import { build, type CompactNet, initialise, netOf } from "../../nn/index.js";
import { parseSettings } from "../../settings.js";
import type { MetricValues, Score } from "../../tasks/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { percent } from "../../text/format.js";
import { type OwnSetsOptions, ownSets } from "../ownSets.js";
import type { TrainOptions } from "../train.js";
import { openTrained, type Trained } from "../trained.js";
import { drawn } from "./calibration.js";
import { expectFree } from "./compressedRun.js";
import { curvatureOf } from "./curvature.js";
import { expectFloat, lossOf } from "./expectFloat.js";
import { measured } from "./measured.js";
import { trainedOn } from "./trainedOn.js";

/** Bits that a layer may have, of the first and the last one, and of all images. */
const [CHOICES, ENDS, OF_IMAGES] = [[2, 3, 4, 6, 8], 8, 8] as const;

const schema = z.strictObject({
  targetSize: z.number().gt(0).max(1),
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
  /** Bits of all weights, as a share of those in f32: above 0, at most 1. */
  readonly targetSize: number;
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
  readonly bits: number;
  /** Mean eigenvalue of its Hessian; none of the first and the last layer, whose bits are fixed. */
  readonly curvature?: number;
}

/** What {@link compressMixed} made. */
export interface MixedReport {
  readonly run: string;
  readonly out: string;
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
  readonly layers: readonly MixedLayer[];
}

/** Bits for each layer within the budget, and how sensitive it is. */
async function chosen(
  net: Trained,
  images: Dataset,
  { targetSize, onWarning }: Pick<MixedOptions, "targetSize" | "onWarning">,
): Promise<MixedLayer[]> {
  const { model, config } = net;
  const built = build(model.layer, [1, ...model.input], { training: false });
  const work = bitWork(built);
  const inner = work.slice(1, -1);
  const sum = (layers: readonly BitWork[]) => layers.reduce((all, { numbers }) => all + numbers, 0);
  const all = 32 * built.layout.length;
  const ends = ENDS * (sum(work) - sum(inner));
  const fixed = all - 32 * sum(work) + ends;
  const smallest = fixed + CHOICES[0] * sum(inner);
  if (targetSize * all < smallest) {
    throw new InputError(
      `compress: a size of ${percent(targetSize, 1)} of f32 is too small; the smallest possible is ` +
        `${percent(Math.ceil((1000 * smallest) / all) / 1000, 1)}: layers at ${CHOICES[0]} bits, the first and the last at ${ENDS}`,
    );
  }
  const curvature = await curvatureOf(net, inner, images, config.settings.seed);
  const { layers, negative } = bitLayers(inner, curvature, CHOICES, "size");
  if (negative.length > 0) {
    onWarning?.(
      `the loss does not bend up along ${negative.join(", ")}, which counts as next to nothing: is the net trained?`,
    );
  }
  const { bits } = allocate(layers, targetSize * all - fixed);
  return work.map(({ name, numbers }) => ({
    ...{ name, weights: numbers, bits: bits.get(name) ?? ENDS },
    ...(curvature.has(name) && { curvature: curvature.get(name)!.mean }),
  }));
}

const quantisationOf = (layers: readonly MixedLayer[]): Quantisation => ({
  method: "lsq",
  layers: Object.fromEntries(layers.map(({ name, bits }) => [name, [bits, OF_IMAGES]])),
});

/** The quantised net with the weights of the one in f32, its steps by a batch of images. */
async function started(net: Trained, how: Quantisation, images: Dataset): Promise<CompactNet> {
  const { model, engine, info } = net;
  const options = { training: true };
  const batch = Math.min(64, images.length);
  const float = build(model.layer, [batch, ...model.input], options);
  const quantised = netOf({ ...model, passes: [quantise(how)] }, 1, { training: false });
  const w = initialise(quantised, 0);
  const values = await net.w.read();
  const own = new Map(netOf(model, 1, { training: false }).layout.params.map((p) => [p.name, p]));
  for (const { name, offset } of quantised.layout.params) {
    const param = own.get(name);
    if (param) w.set(values.subarray(param.offset, param.offset + sizeOf(param.shape)), offset);
  }
  const loader = new Loader(engine, images, { batch, seed: 0, shuffle: false, intake: info });
  const first = { engine, net: float, images: (await loader.batch(0, 0)).images.slice() };
  const given = new Set(own.keys());
  await startQuantisers(how, first, { layout: quantised.layout, w, given });
  return { net: quantised, w };
}

/**
 * Gives each layer of a run's net as many bits as a budget of size allows and its sensitivity asks for, and trains the net
 * on with them: a run folder that evaluates, predicts and is trained on as any other. Images that layers take have 8 bits,
 * the first and the last layer too. Numbers are computed, and stored, as f32; `bytes` tells what they take in their
 * bits. `undefined` when `signal` has ended the training: the run in `out` is saved, and can be resumed.
 *
 * @throws InputError for a run that is compressed already or holds an ensemble, data that are gone or others, a size that
 * nothing fits (with the smallest that something does), and a folder that holds something.
 * @example
 * const report = await compressMixed("runs/a", { targetSize: 0.25, epochs: 1, out: "runs/a-mixed" });
 * report!.bytes.after <= 0.25 * report!.bytes.before; // true
 */
export async function compressMixed(
  run: string,
  options: MixedOptions,
): Promise<MixedReport | undefined> {
  const { out, data, onProgress, onWarning, engine, threads, listeners, signal, ...rest } = options;
  const { targetSize, images: count, epochs, lr } = parseSettings(schema, rest, "compress");
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
    const layers = await chosen(net, images, { targetSize, onWarning });
    const how = quantisationOf(layers);
    const small = await started(net, how, images);
    const start = epochs === 0 ? out : mkdtempSync(join(tmpdir(), "convoy-mixed-"));
    try {
      const info = { ...net.info, passes: [{ pass: "quantise", ...how } as const] };
      const training = { ...measuring, epochs, lr, watch: { listeners, signal, onProgress } };
      const folders = { start, to: out };
      const { metrics: quantised } = await trainedOn(folders, small, info, net.config, training);
      if (epochs > 0 && signal?.aborted) return undefined;
      const before = await measured(run, measuring);
      const after = epochs === 0 ? quantised : await measured(out, measuring);
      const built = build(net.model.layer, [1, ...net.model.input], { training: false });
      return {
        ...{ run, out, score: net.score, before, quantised, after, layers },
        images: selection.length,
        lost: lossOf(net, before, after),
        bytes: { before: 4 * built.layout.length, after: bitsOfWeights(built, how) / 8 },
      };
    } finally {
      if (start !== out) rmSync(start, { recursive: true });
    }
  } finally {
    await net.close();
  }
}
