// Ops that move elements and compute nothing; gradients are the same ops the other way round.

import {
  broadcastShapes,
  formatShape,
  normaliseAxes,
  type Shape,
  sameShape,
  sizeOf,
} from "../../tensor/shape.js";
import { expectDtype, expectWhole } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { sumTo } from "../pointwise.js";

// The same elements in row-major order under another shape.

export const reshapeOp: Op<{ readonly shape: readonly number[] }> = {
  name: "reshape",
  infer([x], { shape }) {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new RangeError(
        `reshape: ${formatShape(x.shape)} has not the size of ${formatShape(shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ({ inputs: [x] }, [dy]) => [reshape(dy!, x.shape)],
  flops: () => 0,
};

/**
 * `x` with another shape of the same size; one axis may be -1 to be worked out.
 *
 * @throws RangeError when the sizes differ.
 * @example
 * reshape(input(new Graph(), "x", [8, 16, 5, 5]), [8, -1]).shape; // [8, 400]
 */
export function reshape(x: Value, shape: Shape): Value {
  const known = sizeOf(shape.filter((size) => size !== -1));
  const full = shape.map((size) => (size === -1 ? sizeOf(x.shape) / known : size));
  return sameShape(x.shape, full) ? x : apply(reshapeOp, [x], { shape: full });
}

export const transposeOp: Op<{ readonly order: readonly number[] }> = {
  name: "transpose",
  infer([x], { order }) {
    if (order.length !== x.shape.length) {
      throw new RangeError(`transpose: order [${order}] has not the rank ${x.shape.length}`);
    }
    normaliseAxes(order, x.shape.length);
    return [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]) }];
  },
  gradient: ({ attrs: { order } }, [dy]) => [
    transpose(
      dy!,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  flops: () => 0,
};

/**
 * Axis `i` of the result is axis `order[i]` of `x`.
 *
 * @throws RangeError when `order` does not name every axis once.
 * @example
 * transpose(input(new Graph(), "x", [8, 3, 32, 32]), [0, 2, 3, 1]).shape; // [8, 32, 32, 3]
 */
export const transpose = (x: Value, order: readonly number[]): Value =>
  apply(transposeOp, [x], { order });

// Broadcasting made explicit: the gradient of a sum.

export const expandOp: Op<{ readonly shape: readonly number[] }> = {
  name: "expand",
  pointwise: true,
  infer([x], { shape }) {
    expectDtype("expand", "f32", x);
    if (!sameShape(broadcastShapes(x.shape, shape), shape)) {
      throw new RangeError(`expand: ${formatShape(x.shape)} does not fill ${formatShape(shape)}`);
    }
    return [{ dtype: "f32", shape }];
  },
  gradient: ({ inputs: [x] }, [dy]) => [sumTo(dy!, x)],
  flops: () => 0,
};

/**
 * `x` repeated along broadcast axes to `shape`.
 *
 * @throws RangeError when an axis is neither 1 nor of the target's size.
 * @example
 * expand(input(new Graph(), "x", [16, 1]), [8, 16, 4]).shape; // [8, 16, 4]
 */
export function expand(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });
}

export const sliceOp: Op<{
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}> = {
  name: "slice",
  takesHalf: true,
  infer([x], { starts, sizes }) {
    const fits = x.shape.every(
      (size, axis) =>
        Number.isInteger(starts[axis]) &&
        Number.isInteger(sizes[axis]) &&
        starts[axis] >= 0 &&
        sizes[axis] > 0 &&
        starts[axis] + sizes[axis] <= size,
    );
    if (starts.length !== x.shape.length || sizes.length !== x.shape.length || !fits) {
      throw new RangeError(
        `slice: ${formatShape(sizes)} at ${formatShape(starts)} is not inside ${formatShape(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: sizes }];
  },
  gradient: ({ inputs: [x], attrs: { starts, sizes } }, [dy]) => [
    pad(
      dy!,
      starts,
      x.shape.map((size, axis) => size - starts[axis] - sizes[axis]),
    ),
  ],
  flops: () => 0,
};

/**
 * The box of `sizes` elements that begins at `starts`.
 *
 * @throws RangeError when the box is not inside.
 * @example
 * slice(input(new Graph(), "x", [4, 6]), [1, 0], [2, 6]).shape; // [2, 6]
 */
export const slice = (x: Value, starts: readonly number[], sizes: Shape): Value =>
  apply(sliceOp, [x], { starts, sizes });

export const padOp: Op<{ readonly before: readonly number[]; readonly after: readonly number[] }> =
  {
    name: "pad",
    takesHalf: true,
    infer([x], { before, after }) {
      const valid = (list: readonly number[]) =>
        list.length === x.shape.length && list.every((n) => Number.isInteger(n) && n >= 0);
      if (!valid(before) || !valid(after)) {
        throw new RangeError(`pad: [${before}] and [${after}] do not fit ${formatShape(x.shape)}`);
      }
      return [{ dtype: x.dtype, shape: x.shape.map((s, axis) => s + before[axis] + after[axis]) }];
    },
    gradient: ({ inputs: [x], attrs: { before } }, [dy]) => [slice(dy!, before, x.shape)],
    flops: () => 0,
  };

/**
 * `x` with `before[i]` and `after[i]` zeros added along each axis.
 *
 * @throws RangeError for lists that are not one whole number from 0 an axis.
 * @example
 * pad(input(new Graph(), "x", [1, 3, 8, 8]), [0, 0, 2, 2], [0, 0, 2, 2]).shape; // [1, 3, 12, 12]
 */
export const pad = (x: Value, before: readonly number[], after: readonly number[]): Value =>
  apply(padOp, [x], { before, after });

export const concatOp: Op<{ readonly axis: number }> = {
  name: "concat",
  takesHalf: true,
  infer(inputs, { axis }) {
    const [first] = inputs;
    expectWhole("concat", "axis", axis, 0, first.shape.length - 1);
    expectDtype("concat", first.dtype, ...inputs);
    for (const { shape } of inputs) {
      if (
        shape.length !== first.shape.length ||
        shape.some((size, at) => at !== axis && size !== first.shape[at])
      ) {
        throw new RangeError(
          `concat along axis ${axis}: ${formatShape(shape)} does not fit ${formatShape(first.shape)}`,
        );
      }
    }
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
    return [{ dtype: first.dtype, shape: first.shape.map((s, at) => (at === axis ? total : s)) }];
  },
  gradient({ inputs, attrs: { axis } }, [dy]) {
    let start = 0;
    return inputs.map(({ shape }) => {
      const starts = shape.map((_, at) => (at === axis ? start : 0));
      start += shape[axis];
      return slice(dy!, starts, shape);
    });
  },
  flops: () => 0,
};

/**
 * The values one after the other along `axis`, counted from the end where it is negative; other axes must agree.
 *
 * @throws RangeError when there are none, they differ in type or along another axis, or lack the axis.
 * @example
 * const graph = new Graph();
 * const parts = [input(graph, "a", [8, 3]), input(graph, "b", [8, 5])];
 * concat(parts, 1).shape; // [8, 8]
 */
export function concat(values: readonly Value[], axis: number): Value {
  if (values.length === 0) throw new RangeError("concat: expected at least one value");
  const [from] = normaliseAxes([axis], values[0].shape.length);
  return values.length === 1 ? values[0] : apply(concatOp, values, { axis: from });
}
