// Single weights become 0 and stay so by masks, the same share of every layer, as Zhu and Gupta 2017 have it (arXiv
// 1710.01878): those nearest to 0 (Han, Pool, Tran and Dally 2015, "Learning both weights and connections for efficient neural
// networks", arXiv 1506.02626), or any. The net keeps its shape and its time; its file becomes smaller.

import { nonZeros, type Param } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { type CompactNet, initialise } from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import { maskName, maskWeights } from "../channels/index.js";
import type { Pruner } from "./pruner.js";

const numbersOf = ({ offset, shape }: Param, w: Float32Array) =>
  w.subarray(offset, offset + sizeOf(shape));

/** How much each weight of a layer counts; those that count least go first, of equal ones the first. */
type Counts = (weights: Float32Array, random: Random) => Float32Array;

/** Sets the share of a layer's weights that counts least to 0, and its mask there. One weight stays at least. */
function mask(
  weights: Float32Array,
  masks: Float32Array,
  share: number,
  counts: Float32Array,
): void {
  const order = Array.from(weights.keys()).sort((a, b) => counts[a] - counts[b] || a - b);
  const count = Math.min(Math.round(share * weights.length), weights.length - 1);
  masks.fill(1);
  for (const at of order.slice(0, count)) [weights[at], masks[at]] = [0, 0];
}

/** A net with a mask for each of some weights, and the vector that belongs to it. */
function masked({ net, w }: CompactNet, shapes: Readonly<Record<string, Shape>>): CompactNet {
  const wider = maskWeights(shapes)(net);
  const all = initialise(wider, 0);
  const places = new Map(wider.layout.params.map((param) => [param.name, param]));
  for (const param of net.layout.params)
    all.set(numbersOf(param, w), places.get(param.name)!.offset);
  return { net: wider, w: all };
}

/** Weights that are gone stay so: a share that is no larger than theirs would let some come back. */
function expectMore(
  by: string,
  { net, w }: CompactNet,
  layers: readonly Param[],
  share: number,
): void {
  const masks = new Map(net.layout.params.map((param) => [param.name, param]));
  const own = layers.map(({ name }) => numbersOf(masks.get(maskName(name))!, w));
  const all = own.reduce((sum, mask) => sum + mask.length, 0);
  const gone = all - own.reduce((sum, mask) => sum + nonZeros(mask), 0);
  // Each layer has its own rounding.
  if (share * all + layers.length >= gone) return;
  throw new InputError(
    `prune ${by}: a share of ${Number((gone / all).toFixed(4))} is gone already; expected that or more, found ${share}`,
  );
}

/** A way to prune single weights, by how much each counts. */
const weightPruner = (name: string, source: string, counts: Counts): Pruner => ({
  name,
  source,
  shareOf: "all",
  prune(whole, share, seed = 0) {
    if (!(share > 0 && share < 1)) {
      throw new InputError(`prune ${name}: expected a share above 0 and below 1, found ${share}`);
    }
    const { layout } = whole.net;
    const layers = layout.params.filter(
      ({ kind, offset }) => kind === "weight" && offset < layout.trainable,
    );
    if (layers.length === 0) {
      throw new InputError(`prune ${name}: the net has no weights of its own that are trained`);
    }
    const fresh = layers.filter((layer) => !whole.net.params.has(maskName(layer.name)));
    if (fresh.length === 0) expectMore(name, whole, layers, share);
    const masks = Object.fromEntries(fresh.map((layer) => [layer.name, [...layer.shape]]));
    const small = masked(whole, masks);
    const params = new Map(small.net.layout.params.map((param) => [param.name, param]));
    for (const [at, layer] of layers.entries()) {
      const [weights, own] = [layer.name, maskName(layer.name)].map((one) =>
        numbersOf(params.get(one)!, small.w),
      );
      const random = new Random({ seed, purpose: "search" }, at);
      mask(weights, own, share, counts(weights, random));
    }
    return { small, passes: fresh.length > 0 ? [{ pass: "masks", masks }] : [] };
  },
});

export const magnitude = weightPruner(
  "magnitude",
  "Han et al. 2015, arXiv 1506.02626; Zhu and Gupta 2017, arXiv 1710.01878",
  (weights) => weights.map(Math.abs),
);

/** A control: what good it does that the weights nearest to 0 go. */
export const random = weightPruner(
  "random",
  "Frankle and Carbin 2019, arXiv 1803.03635",
  (weights, numbers) => weights.map((weight) => (weight === 0 ? -1 : numbers.uniform())),
);
