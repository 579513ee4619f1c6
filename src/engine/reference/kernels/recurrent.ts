// Long short-term memory, step by step.

import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

type Attrs = { readonly reverse: boolean };

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Steps in the order in which they are gone through. */
const order = (steps: number, reverse: boolean) =>
  Array.from({ length: steps }, (_, at) => (reverse ? steps - 1 - at : at));

const lstm: Kernel<Attrs> = ([gates, recurrent], { outputs: [{ shape }], attrs: { reverse } }) => {
  const [n, steps, units] = shape;
  const width = 4 * units;
  const [hidden, acted, cells] = [allocate(shape), allocate([n, steps, width]), allocate(shape)];
  for (let image = 0; image < n; image++) {
    let [h, c] = [new Float64Array(units), new Float64Array(units)];
    for (const step of order(steps, reverse)) {
      const at = image * steps + step;
      const sums = gates.slice(at * width, (at + 1) * width);
      for (let k = 0; k < units; k++) {
        for (let j = 0; j < width; j++) sums[j] += h[k] * recurrent[k * width + j];
      }
      const own = sums.map((sum, j) =>
        Math.floor(j / units) === 2 ? Math.tanh(sum) : sigmoid(sum),
      );
      const gate = (which: number, k: number) => own[which * units + k];
      c = c.map((cell, k) => gate(1, k) * cell + gate(0, k) * gate(2, k));
      h = c.map((cell, k) => gate(3, k) * Math.tanh(cell));
      acted.set(own, at * width);
      cells.set(c, at * units);
      hidden.set(h, at * units);
    }
  }
  return [hidden, acted, cells];
};

const lstmGrad: Kernel<Attrs> = (
  [dy, recurrent, gates, cells],
  { outputs: [{ shape }], attrs: { reverse } },
) => {
  const [n, steps, width] = shape;
  const units = width / 4;
  const slope = allocate(shape);
  for (let image = 0; image < n; image++) {
    const dh = new Float64Array(units);
    const dc = new Float64Array(units);
    const all = order(steps, reverse);
    for (let turn = steps - 1; turn >= 0; turn--) {
      const at = image * steps + all[turn];
      const before = turn > 0 ? image * steps + all[turn - 1] : -1;
      for (let k = 0; k < units; k++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((which) => gates[at * width + which * units + k]);
        const tanh = Math.tanh(cells[at * units + k]);
        const last = before < 0 ? 0 : cells[before * units + k];
        const dhk = dh[k] + dy[at * units + k];
        const dck = dc[k] + dhk * o * (1 - tanh * tanh);
        const own = [
          dck * g * i * (1 - i),
          dck * last * f * (1 - f),
          dck * i * (1 - g * g),
          dhk * tanh * o * (1 - o),
        ];
        for (const [which, value] of own.entries()) slope[at * width + which * units + k] = value;
        dc[k] = dck * f;
      }
      for (let k = 0; k < units; k++) {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += slope[at * width + j] * recurrent[k * width + j];
        dh[k] = sum;
      }
    }
  }
  return [slope];
};

export const recurrentKernels = { lstm, lstmGrad } satisfies Partial<Kernels>;
