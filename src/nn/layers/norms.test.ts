import { describe, expect, test } from "vitest";
import { noise, runLayer } from "../../../test/support/layers.js";
import { groupNorm } from "./groupNorm.js";
import { layerNorm } from "./layerNorm.js";

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function expectStandard(values: readonly number[]): void {
  expect(mean(values)).toBeCloseTo(0, 5);
  expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 4);
}

describe("group normalisation", () => {
  const shape = [2, 4, 3, 3];
  const x = noise(72).map((value) => 5 + 2 * value);

  test("gives each group of each image mean 0 and variance 1", async () => {
    const { y } = await runLayer(groupNorm(2), shape, x);
    for (let group = 0; group < 4; group++) expectStandard(y.slice(group * 18, group * 18 + 18));
  });

  test("does the same in training", async () => {
    const { y } = await runLayer(groupNorm(2), shape, x, { training: true });
    expect(y).toEqual((await runLayer(groupNorm(2), shape, x)).y);
  });

  test("scales and shifts each channel", async () => {
    const plain = await runLayer(groupNorm(4), shape, x);
    const { y } = await runLayer(groupNorm(4), shape, x, {
      params: { scale: [1, 2, 3, 4], shift: [0, 0, 0, 7] },
    });
    expect(y[9]).toBeCloseTo(2 * plain.y[9], 5);
    expect(y[27]).toBeCloseTo(4 * plain.y[27] + 7, 5);
  });

  test("groups that do not divide the channels are refused", async () => {
    await expect(runLayer(groupNorm(3), shape, x)).rejects.toThrow(
      "3 groups do not divide 4 channels",
    );
  });
});

describe("layer normalisation", () => {
  test("normalises each row of features", async () => {
    const { y } = await runLayer(layerNorm(), [2, 8], noise(16));
    expectStandard(y.slice(0, 8));
    expectStandard(y.slice(8));
  });

  test("normalises the channels of each pixel", async () => {
    const { y } = await runLayer(layerNorm(), [1, 8, 1, 2], noise(16));
    expectStandard(y.filter((_, at) => at % 2 === 0));
  });
});
