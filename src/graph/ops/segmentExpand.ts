// One number for each contiguous part of a vector, repeated over the part: the gradient of segmentSum.

import { formatShape } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { segmentSum } from "./segmentSum.js";

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
