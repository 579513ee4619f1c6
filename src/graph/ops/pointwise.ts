// Element-wise arithmetic: every gradient is made of the same ops. Operands broadcast, and what is element-wise fuses
// into one pass. Activations have a file of their own.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./bindings.js";

export const addOp = pointwise("add", (_, dy) => [dy, dy]);

/** Element-wise a + b. Operands broadcast. */
export const add = (a: Value, b: Value): Value => apply(addOp, [a, b], {});

export const subOp = pointwise("sub", (_, dy) => [dy, neg(dy)]);

/** Element-wise a - b. Operands broadcast. */
export const sub = (a: Value, b: Value): Value => apply(subOp, [a, b], {});

export const mulOp = pointwise("mul", ({ inputs: [a, b] }, dy) => [mul(dy, b), mul(dy, a)]);

/** Element-wise a * b. Operands broadcast. */
export const mul = (a: Value, b: Value): Value => apply(mulOp, [a, b], {});

export const divOp = pointwise("div", ({ inputs: [, b], outputs: [y] }, dy) => {
  const da = div(dy, b);
  return [da, neg(mul(da, y))];
});

/** Element-wise a / b. Operands broadcast. */
export const div = (a: Value, b: Value): Value => apply(divOp, [a, b], {});

export const negOp = pointwise("neg", (_, dy) => [neg(dy)]);

/** Element-wise -x. */
export const neg = (x: Value): Value => apply(negOp, [x], {});

export const absOp = pointwise("abs", ({ inputs: [x] }, dy) => [
  mul(dy, sub(step(x), step(neg(x)))),
]);

/** Element-wise |x|. */
export const abs = (x: Value): Value => apply(absOp, [x], {});

// Smaller of two; at a tie the gradient goes to the first operand.

export const minOp = pointwise("min", ({ inputs: [a, b] }, dy) => {
  const second = mul(dy, step(sub(a, b)));
  return [sub(dy, second), second];
});

/** Element-wise minimum. Operands broadcast. */
export const min = (a: Value, b: Value): Value => apply(minOp, [a, b], {});

// Larger of two; at a tie the gradient goes to the first operand.

export const maxOp = pointwise("max", ({ inputs: [a, b] }, dy) => {
  const second = mul(dy, step(sub(b, a)));
  return [sub(dy, second), second];
});

/** Element-wise maximum. Operands broadcast. */
export const max = (a: Value, b: Value): Value => apply(maxOp, [a, b], {});

export const powOp = pointwise("pow", ({ inputs: [a, b], outputs: [y] }, dy) => [
  mul(dy, mul(b, pow(a, sub(b, constant(a.graph, 1))))),
  mul(dy, mul(y, log(a))),
]);

/** Element-wise a^b for a > 0. Operands broadcast. */
export const pow = (a: Value, b: Value): Value => apply(powOp, [a, b], {});

export const sqrtOp = pointwise("sqrt", ({ outputs: [y] }, dy) => [div(dy, add(y, y))]);

/** Element-wise square root. */
export const sqrt = (x: Value): Value => apply(sqrtOp, [x], {});

export const expOp = pointwise("exp", ({ outputs: [y] }, dy) => [mul(dy, y)]);

/** Element-wise e^x. */
export const exp = (x: Value): Value => apply(expOp, [x], {});

export const logOp = pointwise("log", ({ inputs: [x] }, dy) => [div(dy, x)]);

/** Element-wise ln x. */
export const log = (x: Value): Value => apply(logOp, [x], {});

export const erfOp = pointwise("erf", ({ inputs: [x] }, dy) => [
  mul(dy, mul(constant(x.graph, 2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x))))),
]);

/** Element-wise erf x. */
export const erf = (x: Value): Value => apply(erfOp, [x], {});

// Unit step: the derivative that relu and its like need. Not differentiable itself.

export const stepOp = pointwise("step");

/** 1 where x > 0, else 0. */
export const step = (x: Value): Value => apply(stepOp, [x], {});

export const selectOp = pointwise("select", ({ inputs: [mask] }, dy) => {
  const zero = constant(dy.graph, 0);
  return [undefined, select(mask, dy, zero), select(mask, zero, dy)];
});

/**
 * `a` where `mask` is not 0, else `b`. Operands broadcast; nothing flows through `mask`.
 *
 * @example
 * const graph = new Graph();
 * const [mask, a, b] = [1, 2, 3].map((value) => constant(graph, value));
 * graph.output("y", select(mask, a, b));
 * const engine = await createEngine({ engine: "reference" });
 * [...(await (await engine.compile(graph)).run({})).y]; // [2]
 */
export const select = (mask: Value, a: Value, b: Value): Value => apply(selectOp, [mask, a, b], {});

// Rounding to the nearest integer, ties to even, with the straight-through gradient
// (Bengio et al. 2013, arXiv 1308.3432): backwards it is the identity.

export const roundOp = pointwise("round", (_, dy) => [dy]);

/** Nearest integer, ties to even; the gradient passes through unchanged. */
export const round = (x: Value): Value => apply(roundOp, [x], {});

export const stopGradientOp = pointwise("stopGradient");

/** `x`, as a constant for differentiation. */
export const stopGradient = (x: Value): Value => apply(stopGradientOp, [x], {});
