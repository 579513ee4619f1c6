// Reductions over axes, and log-softmax along the last one.

import { broadcastStrides } from "../../../tensor/shape.js";
import { allocate, offsets } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

/** Combines all elements that share an output element, starting from `initial`. */
const reduction =
  (initial: number, combine: (a: number, b: number) => number): Kernel =>
  ([x], { inputs: [value], outputs: [{ shape }] }) => {
    const result = allocate(shape).fill(initial);
    const places = offsets(value.shape, broadcastStrides(shape, value.shape));
    for (let at = 0; at < x.length; at++) {
      result[places[at]] = combine(result[places[at]], x[at]);
    }
    return [result];
  };

const logSoftmax: Kernel = ([x], { outputs: [{ shape }] }) => {
  const y = allocate(shape);
  const length = shape.at(-1)!;
  for (let start = 0; start < x.length; start += length) {
    const row = x.subarray(start, start + length);
    const largest = row.reduce((a, b) => Math.max(a, b));
    const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    const shift = largest + Math.log(total);
    for (let at = 0; at < length; at++) y[start + at] = row[at] - shift;
  }
  return [y];
};

export const reduceKernels: Kernels = {
  reduceSum: reduction(0, (a, b) => a + b),
  reduceMax: reduction(Number.NEGATIVE_INFINITY, Math.max),
  logSoftmax,
};
