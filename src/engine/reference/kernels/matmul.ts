// Matrix product, batched, with transposes, bias and activation.

import type { Activation } from "../../../graph/activation.js";
import { activated } from "./activation.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

type MatmulAttrs = {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation: Activation;
};

const matmul: Kernel<MatmulAttrs> = ([a, b, bias], { inputs: [left], outputs, attrs }) => {
  const { transposeA, transposeB, activation } = attrs;
  const { shape } = outputs[0];
  const [m, n] = shape.slice(-2);
  const k = left.shape.at(transposeA ? -2 : -1)!;
  const [rowA, stepA] = transposeA ? [1, m] : [k, 1];
  const [stepB, columnB] = transposeB ? [1, k] : [n, 1];
  const y = allocate(shape);
  for (let at = 0; at < y.length; at++) {
    const matrix = Math.floor(at / (m * n));
    const startA = matrix * m * k + (Math.floor(at / n) % m) * rowA;
    const startB = matrix * k * n + (at % n) * columnB;
    let sum = bias ? bias[at % n] : 0;
    for (let i = 0; i < k; i++) sum += a[startA + i * stepA] * b[startB + i * stepB];
    y[at] = sum;
  }
  return [activated(activation, y)];
};

export const matmulKernels = { matmul } satisfies Partial<Kernels>;
