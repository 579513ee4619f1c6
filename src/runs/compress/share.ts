// A run's best weights with a few numbers a layer that its weights share (Han, Mao and Dally 2016, arXiv 1510.00149), trained
// on or not: a run of its own that opens as any other.

import { statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sharedWeights } from "../../compress/index.js";
import type { PassRecord } from "../../compress/passes/index.js";
import { nonZeros } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { type CompactNet, netOf } from "../../nn/index.js";
import { parseSettings } from "../../settings.js";
import type { MetricValues } from "../../tasks/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { modelOf } from "../../train/modelOf.js";
import { loadModule } from "../../train/ownModule.js";
import type { NetInfo } from "../../train/weights.js";
import { runFiles } from "../runFiles.js";
import { openTrained, type Trained } from "../trained.js";
import { expectFree } from "./compressedRun.js";
import { type ChangedReport, type CompressTrainingOptions, partsOf } from "./compressing.js";
import { expectFloat } from "./expectFloat.js";
import { intoRun } from "./intoRun.js";
import { wholeOf } from "./wholeOf.js";

const schema = z.strictObject({
  bits: z.int().min(1).max(8),
  epochs: z.int().min(0).default(0),
  lr: z.number().positive().optional(),
});

/** Settings of {@link compressShared}; beside these, what an engine may be told. */
export interface ShareOptions extends CompressTrainingOptions {
  /** Of the number of a centroid, 1 to 8: a layer has at most 2^bits of them, 255 where they are 8, and 0. */
  readonly bits: number;
  /** Epochs in which the centroids are trained; default 0. */
  readonly epochs?: number;
  /** Learning rate of that training; default the run's. */
  readonly lr?: number;
}

/** A layer as {@link compressShared} left it. */
export interface SharedLayer {
  readonly name: string;
  readonly weights: number;
  readonly nonZeros: number;
  readonly centroids: number;
}

/** What {@link compressShared} made. */
export interface ShareReport extends ChangedReport {
  /** With shared weights, before any training. */
  readonly shared: MetricValues;
  /** Of the files of weights. */
  readonly bytes: { readonly before: number; readonly after: number };
  readonly layers: readonly SharedLayer[];
}

/** Passes of masks, which have no use where weights that are 0 stay so by themselves. */
const ofMasks = ["masks", "scores"];

function passesOf(
  { passes = [] }: NetInfo,
  centroids: Readonly<Record<string, number>>,
): PassRecord[] {
  const kept = passes.filter(({ pass }) => !ofMasks.includes(pass));
  return [...kept, { pass: "share", centroids }];
}

/** The run's net with shared weights, and what is known of it. */
async function sharing(net: Trained, run: string, bits: number) {
  const whole = await wholeOf(net);
  const { centroids, values } = sharedWeights(whole, bits);
  const info: NetInfo = { ...net.info, passes: passesOf(net.info, centroids) };
  const { module } = net.config;
  const own = module && (await loadModule(module.path, module));
  const small = netOf(modelOf(info, run, { own: own?.models }), 1, { training: false });
  const w = new Float32Array(small.layout.length);
  const before = new Map(whole.net.layout.params.map((param) => [param.name, param]));
  for (const { name, offset } of small.layout.params) {
    const { offset: from = 0, shape = [] } = before.get(name) ?? {};
    w.set(values.get(name) ?? whole.w.subarray(from, from + sizeOf(shape)), offset);
  }
  const layers = Object.entries(centroids).map(([name, count]): SharedLayer => {
    const numbers = values.get(name)!;
    return { name, weights: numbers.length, nonZeros: nonZeros(numbers), centroids: count };
  });
  return { small: { net: small, w } satisfies CompactNet, info, layers };
}

function expectWhole({ info }: Trained, run: string): void {
  const other = info.passes?.find(({ pass }) => pass === "quantise" || pass === "share");
  if (!other) return;
  throw new InputError(
    `${run} holds a net after pass ${other.pass}, whose weights are few numbers already; expected weights in f32`,
  );
}

/**
 * Lets the weights of each layer of a run's net share a few numbers, found by k-means, and trains these on: a run folder
 * that is evaluated, predicts and is trained on as any other, whose file has a few bits for each weight that is not 0. Weights
 * that pruning made 0 stay so. What it lost is told on the images that chose the best epoch, never on test images.
 * `undefined` when `signal` has ended the training: the run in `out` is saved, and can be resumed.
 *
 * @throws InputError for a run that is quantised already or holds an ensemble, data that are gone or others, and a folder that
 * holds something.
 * @example
 * const report = await compressShared("runs/a", { bits: 4, out: "runs/a-shared" });
 * report!.bytes.after < 0.2 * report!.bytes.before; // true
 */
export async function compressShared(
  run: string,
  options: ShareOptions,
): Promise<ShareReport | undefined> {
  const { out, measuring, watch, own: settings } = partsOf(run, options);
  const { bits, epochs, lr } = parseSettings(schema, settings, "compress");
  if (lr !== undefined && epochs === 0) {
    throw new InputError("compress: lr has no effect without epochs of training; leave it out");
  }
  expectFree(out);
  const net = await openTrained(run, measuring.engine);
  try {
    expectFloat(net, run);
    expectWhole(net, run);
    const { small, info, layers } = await sharing(net, run, bits);
    const training = { ...measuring, epochs, lr, watch };
    const worth = await intoRun({ run, out }, net, { small, info }, training);
    if (!worth) return undefined;
    const { changed: shared, ...rest } = worth;
    const [was, is] = [run, out].map((folder) => statSync(join(folder, runFiles.best)).size);
    return { ...rest, shared, layers, bytes: { before: was, after: is } };
  } finally {
    await net.close();
  }
}
