// Gaussian error linear unit, exact form (2016, arXiv 1606.08415). Keeps only its input.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { add } from "./add.js";
import { constant } from "./constant.js";
import { erf } from "./erf.js";
import { exp } from "./exp.js";
import { mul } from "./mul.js";

export const geluOp = pointwise("gelu", ({ inputs: [x] }, dy) => {
  const g = x.graph;
  const cdf = mul(constant(g, 0.5), add(constant(g, 1), erf(mul(x, constant(g, Math.SQRT1_2)))));
  const pdf = mul(constant(g, 1 / Math.sqrt(2 * Math.PI)), exp(mul(constant(g, -0.5), mul(x, x))));
  return [mul(dy, add(cdf, mul(x, pdf)))];
});

/** Element-wise x * P(N(0, 1) <= x). */
export const gelu = (x: Value): Value => apply(geluOp, [x], {});
