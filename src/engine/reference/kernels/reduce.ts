// Reductions over axes and segments, and log-softmax along the last axis.

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

const kthLargest: Kernel<{ readonly k: number }> = ([x], { inputs: [{ shape }], attrs: { k } }) => {
  const length = shape.at(-1)!;
  // A typed array's order puts NaN last.
  const ofRow = (_: unknown, row: number) =>
    x.slice(row * length, (row + 1) * length).sort()[length - k];
  return [Float64Array.from({ length: x.length / length }, ofRow)];
};

type Segments = { readonly offsets: readonly number[] };

const segmentSum: Kernel<Segments> = ([x], { attrs: { offsets: bounds } }) => {
  const sum = (start: number, end: number) => x.subarray(start, end).reduce((a, b) => a + b, 0);
  return [Float64Array.from(bounds.slice(1), (end, at) => sum(bounds[at], end))];
};

const segmentExpand: Kernel<Segments> = ([x], { outputs: [{ shape }], attrs }) => {
  const y = allocate(shape);
  for (const [at, value] of x.entries()) y.fill(value, attrs.offsets[at], attrs.offsets[at + 1]);
  return [y];
};

export const reduceKernels = {
  reduceSum: reduction(0, (a, b) => a + b),
  reduceMax: reduction(Number.NEGATIVE_INFINITY, Math.max),
  kthLargest,
  logSoftmax,
  segmentSum,
  segmentExpand,
} satisfies Partial<Kernels>;
