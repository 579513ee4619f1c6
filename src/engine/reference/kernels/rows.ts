// Rows of a table by their numbers.

import { sizeOf } from "../../../tensor/shape.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

const takeRows: Kernel = ([at, table], { inputs: [, { shape }], outputs }) => {
  const y = allocate(outputs[0].shape);
  const width = sizeOf(shape.slice(1));
  for (const [row, from] of at.entries()) {
    if (from < 0 || from >= shape[0]) continue;
    y.set(table.subarray(from * width, (from + 1) * width), row * width);
  }
  return [y];
};

const addRows: Kernel<{ readonly count: number }> = ([at, x], { outputs, attrs: { count } }) => {
  const y = allocate(outputs[0].shape);
  const width = y.length / count;
  for (const [row, to] of at.entries()) {
    if (to < 0 || to >= count) continue;
    for (let i = 0; i < width; i++) y[to * width + i] += x[row * width + i];
  }
  return [y];
};

export const rowKernels = { takeRows, addRows } satisfies Partial<Kernels>;
