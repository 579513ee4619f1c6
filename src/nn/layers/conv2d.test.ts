import { describe, expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import { fill } from "../initialisers.js";
import { conv2d } from "./conv2d.js";

const ones = (length: number) => new Array<number>(length).fill(1);

test("sums its window, and starts with a bias of zero", async () => {
  const layer = conv2d(1, 2, { init: fill(1) });
  const { shape, y, params } = await runLayer(layer, [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
  expect(shape).toEqual([1, 1, 1, 2]);
  expect(y).toEqual([12, 16]);
  expect(params.bias).toEqual([0]);
});

test("groups see their own channels only", async () => {
  const layer = conv2d(2, 1, { groups: 2, bias: false });
  const { y, params } = await runLayer(layer, [1, 2, 1, 1], [3, 5], {
    params: { weight: [10, 100] },
  });
  expect(y).toEqual([30, 500]);
  expect(Object.keys(params)).toEqual(["weight"]);
});

describe('padding "same"', () => {
  test.each([
    { size: 5, kernel: 3, strides: 1, dilation: 1, expected: 5 },
    { size: 5, kernel: 3, strides: 2, dilation: 1, expected: 3 },
    { size: 6, kernel: 4, strides: 1, dilation: 1, expected: 6 },
    { size: 7, kernel: 3, strides: 3, dilation: 2, expected: 3 },
    { size: 4, kernel: 1, strides: 2, dilation: 1, expected: 2 },
  ])("$size by $kernel, stride $strides, dilation $dilation: $expected", async (window) => {
    const { size, kernel, expected, ...options } = window;
    const layer = conv2d(1, kernel, { ...options, padding: "same", init: fill(1) });
    const { shape } = await runLayer(layer, [1, 1, size, size], ones(size * size));
    expect(shape).toEqual([1, 1, expected, expected]);
  });

  test("puts an odd zero at the bottom and right", async () => {
    const layer = conv2d(1, 2, { padding: "same", init: fill(1) });
    const { y } = await runLayer(layer, [1, 1, 2, 2], [1, 2, 3, 4]);
    expect(y).toEqual([10, 6, 7, 4]);
  });
});

test("a window larger than the image is refused", async () => {
  await expect(runLayer(conv2d(1, 5), [1, 1, 4, 4], ones(16))).rejects.toThrow(
    "an image of 4x4 is too small for a window of 5",
  );
});
