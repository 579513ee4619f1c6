// Sums and largest elements: over axes, over contiguous parts of a vector, and inside log-softmax.

import { formatShape, normaliseAxes, type Shape, sizeOf } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";
import { constant } from "./bindings.js";
import { div, exp, mul, step, sub } from "./pointwise.js";
import { expand, reshape } from "./shape.js";

/** The shape with the axes as 1; throws unless these are distinct ones of f32, at least one. */
export function reduced(op: string, x: TensorType, axes: readonly number[]): Shape {
  expectDtype(op, "f32", x);
  if (axes.length === 0) throw new RangeError(`${op}: expected at least one axis`);
  const known = normaliseAxes(axes, x.shape.length);
  return x.shape.map((size, axis) => (known.includes(axis) ? 1 : size));
}

export const reduceSumOp: Op<{ readonly axes: readonly number[] }> = {
  name: "reduceSum",
  takesHalf: true,
  infer: ([x], { axes }) => [{ dtype: "f32", shape: reduced("reduceSum", x, axes) }],
  gradient: ({ inputs: [x] }, [dy]) => [expand(dy!, x.shape)],
  flops: ({ inputs: [x] }) => sizeOf(x.shape),
};

/**
 * Sum over `axes`, which may count from the end (all axes by default). They stay with size 1 when `keep`
 * is true; default false.
 *
 * @throws RangeError for axes that do not exist or come twice.
 * @example
 * const x = input(new Graph(), "x", [8, 16, 4, 4]);
 * reduceSum(x, [2, 3]).shape; // [8, 16]
 * reduceSum(x, [-1], true).shape; // [8, 16, 4, 1]
 * reduceSum(x).shape; // []
 */
export function reduceSum(x: Value, axes?: readonly number[], keep = false): Value {
  const list = normaliseAxes(axes ?? x.shape.map((_, axis) => axis), x.shape.length);
  const sum = list.length === 0 ? x : apply(reduceSumOp, [x], { axes: list });
  return keep
    ? sum
    : reshape(
        sum,
        x.shape.filter((_, axis) => !list.includes(axis)),
      );
}

// Largest element over axes. Equal largest elements share the gradient evenly.

export const reduceMaxOp: Op<{ readonly axes: readonly number[] }> = {
  name: "reduceMax",
  infer: ([x], { axes }) => [{ dtype: "f32", shape: reduced("reduceMax", x, axes) }],
  gradient({ inputs: [x], outputs: [y], attrs: { axes } }, [dy]) {
    const largest = sub(constant(x.graph, 1), step(sub(y, x)));
    return [mul(largest, div(dy!, reduceSum(largest, axes, true)))];
  },
  flops: ({ inputs: [x] }) => sizeOf(x.shape),
};

/**
 * Maximum over `axes`, which may count from the end (all axes by default). They stay with size 1 when
 * `keep` is true; default false.
 *
 * @throws RangeError for axes that do not exist or come twice.
 * @example
 * reduceMax(input(new Graph(), "x", [8, 10]), [1], true).shape; // [8, 1]
 */
export function reduceMax(x: Value, axes?: readonly number[], keep = false): Value {
  const list = normaliseAxes(axes ?? x.shape.map((_, axis) => axis), x.shape.length);
  const max = list.length === 0 ? x : apply(reduceMaxOp, [x], { axes: list });
  return keep
    ? max
    : reshape(
        max,
        x.shape.filter((_, axis) => !list.includes(axis)),
      );
}

// The k-th largest element of each row. Equal ones share the gradient evenly.

export const kthLargestOp: Op<{ readonly k: number }> = {
  name: "kthLargest",
  infer([x], { k }) {
    expectDtype("kthLargest", "f32", x);
    const columns = x.shape.at(-1) ?? 0;
    if (!(Number.isInteger(k) && k >= 1 && k <= columns)) {
      throw new RangeError(
        `kthLargest: ${formatShape(x.shape)} has no ${k}-th largest in its rows`,
      );
    }
    return [{ dtype: "f32", shape: [...x.shape.slice(0, -1), 1] }];
  },
  gradient({ inputs: [x], outputs: [y] }, [dy]) {
    const one = constant(x.graph, 1);
    const equal = mul(sub(one, step(sub(y, x))), sub(one, step(sub(x, y))));
    return [mul(equal, div(dy!, reduceSum(equal, [-1], true)))];
  },
  flops: ({ inputs: [x] }) => sizeOf(x.shape),
};

/**
 * The `k`-th largest element of each row, counted from 1: `x` [..., n] to [..., 1]. An element that is there twice counts
 * twice; NaN is larger than any number.
 *
 * @throws RangeError when rows have no `k`-th element.
 * @example
 * kthLargest(input(new Graph(), "x", [8, 100]), 10).shape; // [8, 1]
 */
export const kthLargest = (x: Value, k: number): Value => apply(kthLargestOp, [x], { k });

// Sum over each contiguous part of a vector: of every layer of a net, or of every unit.

export const segmentSumOp: Op<{ readonly offsets: readonly number[] }> = {
  name: "segmentSum",
  infer([x], { offsets }) {
    expectDtype("segmentSum", "f32", x);
    const rises = offsets.every(
      (offset, at) => Number.isSafeInteger(offset) && offset > (offsets[at - 1] ?? -1),
    );
    const spans = offsets[0] === 0 && offsets.at(-1) === x.shape[0];
    if (x.shape.length !== 1 || !rises || !spans) {
      throw new RangeError(
        `segmentSum: segments at [${offsets.join(", ")}] do not divide ${formatShape(x.shape)}`,
      );
    }
    return [{ dtype: "f32", shape: [offsets.length - 1] }];
  },
  gradient: ({ attrs: { offsets } }, [dy]) => [segmentExpand(dy!, offsets)],
  flops: ({ inputs: [x] }) => x.shape[0],
};

/**
 * The sum of each segment of `x` [n]: segment `i` is `[offsets[i], offsets[i + 1])`. In the native engine in
 * double precision, in an order that does not depend on the number of threads.
 *
 * @throws RangeError when the offsets do not rise from 0 to n.
 * @example
 * segmentSum(input(new Graph(), "x", [10]), [0, 4, 10]).shape; // [2]
 */
export const segmentSum = (x: Value, offsets: readonly number[]): Value =>
  apply(segmentSumOp, [x], { offsets });

// One number for each contiguous part of a vector, repeated over the part: the gradient of segmentSum.

export const segmentExpandOp: Op<{ readonly offsets: readonly number[] }> = {
  name: "segmentExpand",
  infer([x], { offsets }) {
    expectDtype("segmentExpand", "f32", x);
    const rises = offsets.every(
      (offset, at) => Number.isSafeInteger(offset) && offset > (offsets[at - 1] ?? -1),
    );
    if (x.shape.length !== 1 || !rises || offsets[0] !== 0 || x.shape[0] !== offsets.length - 1) {
      throw new RangeError(
        `segmentExpand: ${formatShape(x.shape)} does not fill segments at [${offsets.join(", ")}]`,
      );
    }
    return [{ dtype: "f32", shape: [offsets.at(-1)!] }];
  },
  gradient: ({ attrs: { offsets } }, [dy]) => [segmentSum(dy!, offsets)],
  flops: () => 0,
};

/**
 * `x` [n] with element `i` repeated over segment `i`, `[offsets[i], offsets[i + 1])`.
 *
 * @throws RangeError when the offsets do not rise from 0, or are not n + 1.
 * @example
 * segmentExpand(input(new Graph(), "x", [2]), [0, 4, 10]).shape; // [10]
 */
export const segmentExpand = (x: Value, offsets: readonly number[]): Value =>
  apply(segmentExpandOp, [x], { offsets });

// log(softmax(x)) along the last axis, computed without overflow.

export const logSoftmaxOp: Op<Record<string, never>> = {
  name: "logSoftmax",
  infer([x]) {
    expectDtype("logSoftmax", "f32", x);
    if (x.shape.length === 0) throw new RangeError("logSoftmax: expected at least one axis");
    return [{ dtype: "f32", shape: x.shape }];
  },
  gradient: ({ outputs: [y] }, [dy]) => [sub(dy!, mul(exp(y), reduceSum(dy!, [-1], true)))],
  flops: ({ inputs: [x] }) => 4 * sizeOf(x.shape),
};

/**
 * Logarithm of the softmax along the last axis.
 *
 * @throws RangeError for a value without axes.
 * @example
 * logSoftmax(input(new Graph(), "logits", [64, 10])).shape; // [64, 10]
 */
export const logSoftmax = (x: Value): Value => apply(logSoftmaxOp, [x], {});

// How large a value is: statistics, in one pass over memory and in double precision.

export const normsOp: Op<Record<string, never>> = {
  name: "norms",
  infer: ([{ dtype }]) => {
    if (dtype !== "f32") throw new RangeError(`norms: expected f32, found ${dtype}`);
    return [{ dtype: "f32", shape: [2] }];
  },
};

/**
 * The sum of the magnitudes of all elements, and that of their squares, [2]. No gradient flows.
 *
 * @throws RangeError unless `x` is f32.
 * @example
 * norms(input(new Graph(), "x", [8, 16, 32, 32])).shape; // [2]
 */
export const norms = (x: Value): Value => apply(normsOp, [x], {});
