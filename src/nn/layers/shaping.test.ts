import { expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import { flatten, reshape, upsample } from "./shaping.js";

test("flatten keeps the batch", async () => {
  const { shape, y } = await runLayer(flatten(), [2, 1, 1, 2], [1, 2, 3, 4]);
  expect(shape).toEqual([2, 2]);
  expect(y).toEqual([1, 2, 3, 4]);
});

test("reshape works out one size", async () => {
  const { shape } = await runLayer(reshape([2, -1, 2]), [3, 8], new Array(24).fill(0));
  expect(shape).toEqual([3, 2, 2, 2]);
});

test("upsample repeats pixels or runs lines between their centres", async () => {
  const row = [1, 1, 1, 2];
  const nearest = await runLayer(upsample(2), row, [0, 4]);
  expect(nearest.shape).toEqual([1, 1, 2, 4]);
  expect(nearest.y).toEqual([0, 0, 4, 4, 0, 0, 4, 4]);
  const bilinear = await runLayer(upsample(2, "bilinear"), row, [0, 4]);
  expect(bilinear.y).toEqual([0, 1, 3, 4, 0, 1, 3, 4]);
});
