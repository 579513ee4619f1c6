// Largest element over axes. Equal largest elements share the gradient evenly.

import { normaliseAxes, sizeOf } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";
import { constant } from "./constant.js";
import { div } from "./div.js";
import { mul } from "./mul.js";
import { reduced, reduceSum } from "./reduceSum.js";
import { reshape } from "./reshape.js";
import { step } from "./step.js";
import { sub } from "./sub.js";

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
