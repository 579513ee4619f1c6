import { expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import { adaptiveAvgPool, avgPool, globalAvgPool, maxPool } from "./pooling.js";

const shape = [1, 1, 2, 4];
const x = [1, 2, 3, 4, 5, 6, -7, 8];

test("max pooling takes the largest of each window", async () => {
  expect(await runLayer(maxPool(2), shape, x)).toMatchObject({ shape: [1, 1, 1, 2], y: [6, 8] });
});

test("windows may overlap, and padding never wins", async () => {
  const layer = maxPool(3, { strides: 1, padding: 1 });
  const { y } = await runLayer(layer, [1, 1, 1, 3], [-3, -2, -1]);
  expect(y).toEqual([-2, -1, -1]);
});

test("rounding up adds a last window that hangs over, only where pixels would be left out", async () => {
  const layer = maxPool([1, 3], { strides: [1, 2], ceilMode: true });
  const row = Array.from({ length: 6 }, (_, at) => at);
  expect((await runLayer(layer, [1, 1, 1, 6], row)).y).toEqual([2, 4, 5]);
  expect((await runLayer(layer, [1, 1, 1, 5], row.slice(0, 5))).y).toEqual([2, 4]);
  const padded = maxPool([1, 3], { strides: [1, 2], padding: [0, 1], ceilMode: true });
  expect((await runLayer(padded, [1, 1, 1, 4], [4, 3, 2, 1])).y).toEqual([4, 3, 1]);
});

// Sizes as torch.nn.functional.max_pool2d of PyTorch 2 has them, with ceil_mode=True.
test.each([
  { size: 3, kernel: 2, strides: 3, padding: 0, windows: 1 },
  { size: 3, kernel: 2, strides: 2, padding: 1, windows: 2 },
  { size: 4, kernel: 2, strides: 4, padding: 0, windows: 1 },
  { size: 7, kernel: 3, strides: 5, padding: 1, windows: 2 },
  { size: 5, kernel: 2, strides: 4, padding: 0, windows: 2 },
  { size: 2, kernel: 3, strides: 2, padding: 0, windows: 1 },
  { size: 6, kernel: 3, strides: 3, padding: 1, windows: 3 },
])("a window that would start behind the last pixel is left out: %o", async (geometry) => {
  const { size, kernel, strides, padding, windows } = geometry;
  const row = Array.from({ length: size }, (_, at) => at);
  const options = { strides: [1, strides], padding: [0, padding], ceilMode: true } as const;
  const { y } = await runLayer(maxPool([1, kernel], options), [1, 1, 1, size], row);
  const last = (at: number) => Math.min(at * strides - padding + kernel, size) - 1;
  expect(y).toEqual(Array.from({ length: windows }, (_, at) => last(at)));
});

test("average pooling counts padding as zeros unless told not to", async () => {
  const counted = avgPool(3, { strides: 1, padding: [0, 1] });
  const tight = [1, 1, 3, 1];
  expect((await runLayer(counted, tight, [3, 6, 9])).y).toEqual([2]);
  const skipped = avgPool(3, { strides: 1, padding: [0, 1], countPadding: false });
  expect((await runLayer(skipped, tight, [3, 6, 9])).y).toEqual([6]);
});

test("global pooling leaves one number a channel", async () => {
  const { shape: out, y } = await runLayer(globalAvgPool(), [1, 2, 2, 2], x);
  expect(out).toEqual([1, 2]);
  expect(y).toEqual([2.5, 3]);
});

// Means as torch.nn.AdaptiveAvgPool2d of PyTorch has them.
test.each([
  { size: [2, 2], y: [1.5, 3.5, 5.5, 0.5] },
  { size: [1, 3], y: [3.5, 1, 2] },
  { size: [3, 1], y: [2.5, 2.75, 3] },
  { size: [2, 4], y: x },
] as const)("adaptive pooling to $size covers every pixel", async ({ size, y }) => {
  const found = await runLayer(adaptiveAvgPool([...size]), shape, x);
  expect(found.shape).toEqual([1, 1, ...size]);
  for (const [at, value] of y.entries()) expect(found.y[at]).toBeCloseTo(value, 6);
});
