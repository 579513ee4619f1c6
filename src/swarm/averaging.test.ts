import { expect, test } from "vitest";
import { Combiner } from "../engine/combine.js";
import { referenceEngine } from "../engine/reference/index.js";
import { Average, type Averaging, ema, swa } from "./averaging.js";

const path = [
  [1, 8],
  [2, -4],
  [6, 2],
];

/** The mean of a path, whose first and only earlier content is NaN. */
async function averageOf(averaging: Averaging, points: readonly (readonly number[])[]) {
  const engine = referenceEngine();
  const mean = engine.vector(2);
  await mean.write([Number.NaN, Number.NaN]);
  const average = new Average(new Combiner(engine, 2), averaging, mean);
  for (const values of points) {
    const point = engine.vector(2);
    await point.write(values);
    await average.take(point);
  }
  return { count: average.count, values: [...(await mean.read())] };
}

test("stochastic weight averaging is the plain mean", async () => {
  const { count, values } = await averageOf(swa, path);
  expect(count).toBe(3);
  expect(values[0]).toBeCloseTo(3, 6);
  expect(values[1]).toBeCloseTo(2, 6);
});

test("a moving average forgets", async () => {
  const { values } = await averageOf(ema(0.5), path);
  expect(values).toEqual([(1 * 0.5 + 2 * 0.5) * 0.5 + 6 * 0.5, (8 * 0.5 - 4 * 0.5) * 0.5 + 1]);
});

test("the first point is copied, whatever was there", async () => {
  for (const averaging of [swa, ema()]) {
    expect((await averageOf(averaging, path.slice(0, 1))).values).toEqual(path[0]);
  }
});

test("a beta that is no share is refused", () => {
  for (const beta of [1, -0.1, Number.NaN]) {
    expect(() => ema(beta)).toThrow(`ema: beta is ${beta}; expected a number from 0, below 1`);
  }
});
