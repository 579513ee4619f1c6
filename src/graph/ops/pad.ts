// Zeros around a tensor.

import { formatShape } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";
import { slice } from "./slice.js";

export const padOp: Op<{ readonly before: readonly number[]; readonly after: readonly number[] }> =
  {
    name: "pad",
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
