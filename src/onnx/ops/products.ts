// Matrix products, and layers along a line.

import { add, expand, matmul, reshape, type Value } from "../../graph/index.js";
import { broadcastShapes, sizeOf } from "../../tensor/shape.js";
import { scaled } from "../compose.js";
import type { Builder } from "../step.js";

/** The product of stacks of matrices, as NumPy has it. */
export function product(a: Value, b: Value): Value {
  if (a.shape.length === 1) {
    const y = product(reshape(a, [1, a.shape[0]]), b);
    const columns = b.shape.length === 1 ? [] : y.shape.slice(-1);
    return reshape(y, [...b.shape.slice(0, -2), ...columns]);
  }
  if (b.shape.length === 1) {
    const y = product(a, reshape(b, [b.shape[0], 1]));
    return reshape(y, y.shape.slice(0, -1));
  }
  const [rows, inner] = a.shape.slice(-2);
  const columns = b.shape[b.shape.length - 1];
  if (b.shape.length === 2) {
    const y = matmul(reshape(a, [sizeOf(a.shape) / inner, inner]), b);
    return reshape(y, [...a.shape.slice(0, -1), columns]);
  }
  const stack = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const whole = (x: Value) => {
    const sides = x.shape.slice(-2);
    return reshape(expand(x, [...stack, ...sides]), [sizeOf(stack), ...sides]);
  };
  return reshape(matmul(whole(a), whole(b)), [...stack, rows, columns]);
}

const gemm: Builder = (step) => {
  const [alpha, beta] = [step.float("alpha", 1), step.float("beta", 1)];
  const flags = {
    transposeA: step.int("transA", 0) === 1,
    transposeB: step.int("transB", 0) === 1,
  };
  const operand = step.maybe(2);
  const bias = operand && step.x(2);
  const [a, b] = [step.x(), step.x(1)];
  if (bias && alpha === 1 && beta === 1 && bias.shape.length === 1 && bias.shape[0] > 1) {
    return matmul(a, b, { ...flags, bias });
  }
  const sum = matmul(a, b, flags);
  const y = alpha === 1 ? sum : scaled(sum, alpha);
  return bias ? add(y, beta === 1 ? bias : scaled(bias, beta)) : y;
};

export const products = {
  Gemm: gemm,
  MatMul: (step) => product(step.x(), step.x(1)),
} satisfies Record<string, Builder>;
