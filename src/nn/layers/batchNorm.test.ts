import { expect, test } from "vitest";
import { noise, runLayer } from "../../../test/support/layers.js";
import { batchNorm } from "./batchNorm.js";

const shape = [2, 2, 1, 2];
/** Channel 0 holds 1, 2, 3, 6 (mean 3, variance 3.5), channel 1 four fives. */
const x = [1, 2, 5, 5, 3, 6, 5, 5];

test("training normalises by the batch's statistics", async () => {
  const { y } = await runLayer(batchNorm({ eps: 0.5 }), shape, x, {
    training: true,
    params: { scale: [4, 1], shift: [10, -1] },
  });
  [6, 8, -1, -1, 10, 16, -1, -1].forEach((value, at) => {
    expect(y[at]).toBeCloseTo(value, 5);
  });
});

test("running statistics take a tenth of the batch's, the variance unbiased", async () => {
  const { params } = await runLayer(batchNorm(), shape, x, { training: true });
  expect(params.mean[0]).toBeCloseTo(0.1 * 3, 6);
  expect(params.mean[1]).toBeCloseTo(0.1 * 5, 6);
  expect(params.variance[0]).toBeCloseTo(0.9 + 0.1 * 3.5 * (4 / 3), 6);
  expect(params.variance[1]).toBeCloseTo(0.9, 6);
});

test("virtual batches are normalised each by its own statistics; the running ones take their mean", async () => {
  const numbers = noise(5 * 4);
  const run = (from: number, to: number) =>
    runLayer(batchNorm(), [to - from, 2, 1, 2], numbers.subarray(4 * from, 4 * to), {
      training: true,
    });
  const ghosts = await runLayer(batchNorm(), [5, 2, 1, 2], numbers, { training: true, ghost: 2 });
  const parts = [await run(0, 2), await run(2, 5)];
  expect(ghosts.y).toEqual(parts.flatMap(({ y }) => y));
  for (const name of ["mean", "variance"]) {
    for (const [at, value] of ghosts.params[name].entries()) {
      const mean = (parts[0].params[name][at] + parts[1].params[name][at]) / 2;
      expect(value).toBeCloseTo(mean, 6);
    }
  }
});

test("a virtual batch as large as the batch changes nothing", async () => {
  const one = await runLayer(batchNorm(), shape, x, { training: true, ghost: 2 });
  expect(one).toEqual(await runLayer(batchNorm(), shape, x, { training: true }));
});

test("inference normalises by the running statistics and leaves them alone", async () => {
  const statistics = { mean: [1, 2], variance: [3.5, 0.5] };
  const { y, params } = await runLayer(batchNorm({ eps: 0.5 }), shape, x, {
    params: { ...statistics, scale: [2, 3], shift: [1, 0] },
  });
  [1, 2, 9, 9, 3, 6, 9, 9].forEach((value, at) => {
    expect(y[at]).toBeCloseTo(value, 5);
  });
  expect(params).toMatchObject(statistics);
});

test("rows of features are normalised as well", async () => {
  const { y } = await runLayer(batchNorm({ eps: 0 }), [2, 2], [1, 10, 3, 30], { training: true });
  [-1, -1, 1, 1].forEach((value, at) => {
    expect(y[at]).toBeCloseTo(value, 5);
  });
});

test("a single value a channel cannot be trained on", async () => {
  const run = (training: boolean) => runLayer(batchNorm(), [1, 2, 1, 1], [1, 2], { training });
  await expect(run(true)).rejects.toThrow("train with a batch of 2 or more");
  await expect(run(false)).resolves.toBeDefined();
});
