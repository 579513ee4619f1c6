// Sigmoid-weighted linear unit, x * sigmoid(x) (2017, arXiv 1702.03118). Keeps only its input.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { add } from "./add.js";
import { constant } from "./constant.js";
import { mul } from "./mul.js";
import { sigmoid } from "./sigmoid.js";
import { sub } from "./sub.js";

export const siluOp = pointwise("silu", ({ inputs: [x] }, dy) => {
  const s = sigmoid(x);
  const one = constant(x.graph, 1);
  return [mul(dy, mul(s, add(one, mul(x, sub(one, s)))))];
});

/** Element-wise x * sigmoid(x). */
export const silu = (x: Value): Value => apply(siluOp, [x], {});
