import { expect, test } from "vitest";
import { noise, runLayer } from "../../../test/support/layers.js";
import { fill } from "../initialisers.js";
import { conv2d } from "./conv2d.js";
import { convTranspose2d } from "./convTranspose2d.js";

test("spreads each pixel over a window", async () => {
  const layer = convTranspose2d(1, 2, { strides: 2, init: fill(1) });
  const { shape, y } = await runLayer(layer, [1, 1, 1, 2], [1, 2], { params: { bias: [10] } });
  expect(shape).toEqual([1, 1, 2, 4]);
  expect(y).toEqual([11, 11, 12, 12, 11, 11, 12, 12]);
});

test("is the adjoint of the convolution with the same weights", async () => {
  const options = { strides: 2, padding: 1, bias: false } as const;
  const weight = [...noise(3 * 2 * 9, 3)];
  const [x, z] = [noise(2 * 49, 4), noise(3 * 16, 5)];
  const forward = await runLayer(conv2d(3, 3, options), [1, 2, 7, 7], x, { params: { weight } });
  const back = await runLayer(convTranspose2d(2, 3, options), [1, 3, 4, 4], z, {
    params: { weight },
  });
  expect(back.shape).toEqual([1, 2, 7, 7]);
  const dot = (a: ArrayLike<number>, b: readonly number[]) =>
    b.reduce((sum, value, at) => sum + a[at] * value, 0);
  expect(dot(z, forward.y)).toBeCloseTo(dot(x, back.y), 4);
});

test("output padding chooses among the sizes that a stride allows", async () => {
  const layer = convTranspose2d(1, 3, { strides: 2, padding: 1, outputPadding: [1, 1] });
  expect((await runLayer(layer, [1, 1, 4, 4], noise(16))).shape).toEqual([1, 1, 8, 8]);
});
