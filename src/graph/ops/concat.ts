// Joining along an axis.

import { formatShape, normaliseAxes } from "../../tensor/shape.js";
import { expectDtype, expectWhole } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { slice } from "./slice.js";

export const concatOp: Op<{ readonly axis: number }> = {
  name: "concat",
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
