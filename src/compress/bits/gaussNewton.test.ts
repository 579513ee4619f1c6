// Traces by drawn labels: of a linear layer under softmax cross-entropy the Gauss-Newton matrix is the Hessian, whose trace is
// known.

import { expect, test } from "vitest";
import { softmax } from "../../tasks/index.js";
import { Random } from "../../tensor/philox.js";
import { gaussNewtonTraces } from "./gaussNewton.js";

const [IMAGES, BATCH, NUMBERS, CLASSES] = [64, 16, 6, 4];
const random = new Random({ seed: 3, purpose: "search" });
const x = Array.from({ length: IMAGES }, () =>
  Array.from({ length: NUMBERS }, () => random.normal()),
);
const w = Array.from({ length: CLASSES }, () =>
  Array.from({ length: NUMBERS }, () => random.normal()),
);
const shares = x.map((image) =>
  softmax(Float32Array.from(w, (row) => row.reduce((sum, one, at) => sum + one * image[at], 0))),
);

/** Gradients of the weights, and behind them of biases, for each batch. */
async function* gradients(draw: number) {
  const numbers = new Random({ seed: 1, purpose: "noise", step: draw });
  for (let from = 0; from < IMAGES; from += BATCH) {
    const gradient = new Float32Array(CLASSES * (NUMBERS + 1));
    for (let n = from; n < from + BATCH; n++) {
      let place = numbers.uniform();
      const drawn = shares[n].findIndex((share) => (place -= share) < 0);
      for (const [k, share] of shares[n].entries()) {
        const slope = (share - Number(k === drawn)) / BATCH;
        for (const [at, one] of x[n].entries()) gradient[k * NUMBERS + at] += slope * one;
        gradient[CLASSES * NUMBERS + k] += slope;
      }
    }
    yield gradient;
  }
}

const segments = [
  { name: "weights", offset: 0, length: CLASSES * NUMBERS },
  { name: "biases", offset: CLASSES * NUMBERS, length: CLASSES },
];

test("a linear layer's traces are those of its Hessian, and their errors are told", async () => {
  const bends = shares.map((own) => own.reduce((sum, share) => sum + share * (1 - share), 0));
  const squares = x.map((image) => image.reduce((sum, one) => sum + one ** 2, 0));
  const mean = (of: (n: number) => number) => bends.reduce((sum, _, n) => sum + of(n), 0) / IMAGES;
  const known = [mean((n) => bends[n] * squares[n]), mean((n) => bends[n])];
  const traces = await gaussNewtonTraces(gradients, segments, {
    ...{ batch: BATCH, draws: 400, tolerance: 0 },
  });
  for (const [at, { trace, standardError }] of traces.entries()) {
    expect(Math.abs(trace - known[at])).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.1 * known[at]);
  }
  expect(traces[0].mean).toBeCloseTo(traces[0].trace / (CLASSES * NUMBERS), 9);
});

test("draws end when the means stay", async () => {
  let asked = 0;
  const counted = (draw: number) => {
    asked++;
    return gradients(draw);
  };
  await gaussNewtonTraces(counted, segments, { batch: BATCH, tolerance: 0.2 });
  expect(asked).toBeLessThan(50);
  expect(asked).toBeGreaterThanOrEqual(5);
});
