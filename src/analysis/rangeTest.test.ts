import { expect, test } from "vitest";
import { stripeSplits, tinyModel, tinySettings } from "../../test/support/tinyRun.js";
import { rangeChart, rangeTable, rangeTest } from "./rangeTest.js";

const own = { data: stripeSplits(), model: tinyModel };

test("rates rise by a factor, the suggestion lies where the loss falls, and the end is a burst", async () => {
  const { points, suggestion, diverged } = await rangeTest(tinySettings, {
    ...own,
    low: 1e-4,
    high: 1e4,
    steps: 81,
  });
  for (const [at, { lr }] of points.entries()) expect(lr).toBeCloseTo(1e-4 * 10 ** (at / 10), 8);
  const least = points.reduce((a, b) => (b.smooth < a.smooth ? b : a));
  expect(suggestion).toBeGreaterThan(1e-4);
  expect(suggestion).toBeLessThan(least.lr);
  expect(diverged).toBeGreaterThan(least.lr);
  expect(points.length).toBeLessThan(81);
});

test("leaves a table with a row a step, and a chart", async () => {
  const found = await rangeTest(tinySettings, { ...own, high: 0.1, steps: 12 });
  expect(rangeTable(found).trim().split("\n")).toHaveLength(13);
  expect(rangeChart(found)).toContain("log10 of the learning rate");
});

test.each([
  [{ low: 0 }, "from 0 to 10; expected rates above 0 that rise"],
  [{ low: 1, high: 0.1 }, "from 1 to 0.1; expected rates above 0 that rise"],
  [{ steps: 9 }, "9 steps; expected a whole number from 10 on"],
])("refuses %j", async (options, message) => {
  await expect(rangeTest(tinySettings, { ...own, ...options })).rejects.toThrow(message);
});
