// Weights nearest to 0 become 0 and stay so by masks: Han, Pool, Tran and Dally 2015, "Learning both weights and connections
// for efficient neural networks" (arXiv 1506.02626); the same share of every layer, as Zhu and Gupta 2017 (arXiv
// 1710.01878). The net keeps its shape and its time; its file becomes smaller when it is packed.

import { nonZeros, type Param } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { type CompactNet, initialise } from "../../nn/index.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import { maskName, maskWeights } from "../channels/index.js";
import type { Pruner } from "./pruner.js";

const numbersOf = ({ offset, shape }: Param, w: Float32Array) =>
  w.subarray(offset, offset + sizeOf(shape));

/** Sets the share of a layer's weights that is nearest to 0 to 0, and its mask there. One weight stays at least. */
function mask(weights: Float32Array, masks: Float32Array, share: number): void {
  const order = Array.from(weights.keys()).sort(
    (a, b) => Math.abs(weights[a]) - Math.abs(weights[b]) || a - b,
  );
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
function expectMore({ net, w }: CompactNet, layers: readonly Param[], share: number): void {
  const masks = new Map(net.layout.params.map((param) => [param.name, param]));
  const own = layers.map(({ name }) => numbersOf(masks.get(maskName(name))!, w));
  const all = own.reduce((sum, mask) => sum + mask.length, 0);
  const gone = all - own.reduce((sum, mask) => sum + nonZeros(mask), 0);
  // Each layer has its own rounding.
  if (share * all + layers.length >= gone) return;
  throw new InputError(
    `prune magnitude: a share of ${Number((gone / all).toFixed(4))} is gone already; expected that or more, found ${share}`,
  );
}

export const magnitude: Pruner = {
  name: "magnitude",
  source: "Han et al. 2015, arXiv 1506.02626; Zhu and Gupta 2017, arXiv 1710.01878",
  shareOf: "all",
  prune(whole, share) {
    if (!(share > 0 && share < 1)) {
      throw new InputError(`prune magnitude: expected a share above 0 and below 1, found ${share}`);
    }
    const { layout } = whole.net;
    const layers = layout.params.filter(
      ({ kind, offset }) => kind === "weight" && offset < layout.trainable,
    );
    const fresh = layers.filter(({ name }) => !whole.net.params.has(maskName(name)));
    if (fresh.length === 0) expectMore(whole, layers, share);
    const masks = Object.fromEntries(fresh.map(({ name, shape }) => [name, [...shape]]));
    const small = masked(whole, masks);
    const params = new Map(small.net.layout.params.map((param) => [param.name, param]));
    for (const { name } of layers) {
      const [weights, own] = [name, maskName(name)].map((one) => params.get(one)!);
      mask(numbersOf(weights, small.w), numbersOf(own, small.w), share);
    }
    return { small, passes: fresh.length > 0 ? [{ pass: "masks", masks }] : [] };
  },
};
