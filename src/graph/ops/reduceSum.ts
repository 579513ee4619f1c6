// Sum over axes.

import { normaliseAxes, type Shape, sizeOf } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";
import { expand } from "./expand.js";
import { reshape } from "./reshape.js";

/** The shape with the axes as 1; throws unless these are distinct ones of f32, at least one. */
export function reduced(op: string, x: TensorType, axes: readonly number[]): Shape {
  expectDtype(op, "f32", x);
  if (axes.length === 0) throw new RangeError(`${op}: expected at least one axis`);
  const known = normaliseAxes(axes, x.shape.length);
  return x.shape.map((size, axis) => (known.includes(axis) ? 1 : size));
}

export const reduceSumOp: Op<{ readonly axes: readonly number[] }> = {
  name: "reduceSum",
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
