// Sum over each contiguous part of a vector: of every layer of a net, or of every unit.

import { formatShape } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { segmentExpand } from "./segmentExpand.js";

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
