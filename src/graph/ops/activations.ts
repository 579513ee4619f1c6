// Activations, element-wise: those that are no mere composite, because they keep less for the gradient.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./bindings.js";
import { add, erf, exp, mul, step, sub } from "./pointwise.js";

// Rectified linear unit. The gradient needs only the output, which the next layer keeps anyway.

/** The derivative by the result. */
export const reluSlope = (y: Value): Value => step(y);

export const reluOp = pointwise("relu", ({ outputs: [y] }, dy) => [mul(dy, reluSlope(y))]);

/** Element-wise max(x, 0). */
export const relu = (x: Value): Value => apply(reluOp, [x], {});

// ReLU clipped at 6 (MobileNetV2, 2018, arXiv 1801.04381).

/** The derivative by the result. */
export const relu6Slope = (y: Value): Value => mul(step(y), step(sub(constant(y.graph, 6), y)));

export const relu6Op = pointwise("relu6", ({ outputs: [y] }, dy) => [mul(dy, relu6Slope(y))]);

/** Element-wise min(max(x, 0), 6). */
export const relu6 = (x: Value): Value => apply(relu6Op, [x], {});

export const sigmoidOp = pointwise("sigmoid", ({ outputs: [y] }, dy) => [
  mul(dy, mul(y, sub(constant(y.graph, 1), y))),
]);

/** Element-wise 1 / (1 + e^-x). */
export const sigmoid = (x: Value): Value => apply(sigmoidOp, [x], {});

export const tanhOp = pointwise("tanh", ({ outputs: [y] }, dy) => [
  mul(dy, sub(constant(y.graph, 1), mul(y, y))),
]);

/** Element-wise tanh x. */
export const tanh = (x: Value): Value => apply(tanhOp, [x], {});

// Hard swish, x * relu6(x + 3) / 6 (MobileNetV3, 2019, arXiv 1905.02244).

export const hardSwishOp = pointwise("hardSwish", ({ inputs: [x] }, dy) => {
  const g = x.graph;
  const inside = mul(step(add(x, constant(g, 3))), step(sub(constant(g, 3), x)));
  const slope = add(mul(x, constant(g, 1 / 3)), constant(g, 0.5));
  const above = sub(constant(g, 1), step(sub(constant(g, 3), x)));
  return [mul(dy, add(mul(inside, slope), above))];
});

/** Element-wise x * min(max(x + 3, 0), 6) / 6. */
export const hardSwish = (x: Value): Value => apply(hardSwishOp, [x], {});

// Sigmoid-weighted linear unit, x * sigmoid(x) (2017, arXiv 1702.03118). Keeps only its input.

export const siluOp = pointwise("silu", ({ inputs: [x] }, dy) => {
  const s = sigmoid(x);
  const one = constant(x.graph, 1);
  return [mul(dy, mul(s, add(one, mul(x, sub(one, s)))))];
});

/** Element-wise x * sigmoid(x). */
export const silu = (x: Value): Value => apply(siluOp, [x], {});

// Gaussian error linear unit, exact form (2016, arXiv 1606.08415). Keeps only its input.

export const geluOp = pointwise("gelu", ({ inputs: [x] }, dy) => {
  const g = x.graph;
  const cdf = mul(constant(g, 0.5), add(constant(g, 1), erf(mul(x, constant(g, Math.SQRT1_2)))));
  const pdf = mul(constant(g, 1 / Math.sqrt(2 * Math.PI)), exp(mul(constant(g, -0.5), mul(x, x))));
  return [mul(dy, add(cdf, mul(x, pdf)))];
});

/** Element-wise x * P(N(0, 1) <= x). */
export const gelu = (x: Value): Value => apply(geluOp, [x], {});
