// log(softmax(x)) along the last axis, computed without overflow.

import { sizeOf } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { exp } from "./exp.js";
import { mul } from "./mul.js";
import { reduceSum } from "./reduceSum.js";
import { sub } from "./sub.js";

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
