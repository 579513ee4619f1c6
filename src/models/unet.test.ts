import { expect, test } from "vitest";
import { noise, runLayer } from "../../test/support/layers.js";
import { createModel } from "./index.js";

const layerOf = (height: number, width: number) =>
  createModel("unet-8", { channels: 1, height, width, outputs: 2 }).layer;

test.each([
  [16, 16],
  [17, 30],
  [24, 23],
])("gives maps of the size of its images, %d x %d", async (height, width) => {
  const { shape, y } = await runLayer(
    layerOf(height, width),
    [1, 1, height, width],
    noise(height * width),
  );
  expect(shape).toEqual([1, 2, height, width]);
  expect(y.every(Number.isFinite)).toBe(true);
});

test("a frame of zeros in the image itself changes nothing", async () => {
  const [size, framed] = [22, 24];
  const image = noise(size * size);
  const large = new Float32Array(framed * framed);
  for (let row = 0; row < size; row++) {
    large.set(image.subarray(row * size, (row + 1) * size), (row + 1) * framed + 1);
  }
  const small = await runLayer(layerOf(size, size), [1, 1, size, size], image);
  const whole = await runLayer(layerOf(framed, framed), [1, 1, framed, framed], large);
  for (let at = 0; at < small.y.length; at++) {
    const [map, row, column] = [
      Math.floor(at / size ** 2),
      Math.floor(at / size) % size,
      at % size,
    ];
    const there = map * framed ** 2 + (row + 1) * framed + column + 1;
    expect(small.y[at]).toBeCloseTo(whole.y[there], 12);
  }
});
