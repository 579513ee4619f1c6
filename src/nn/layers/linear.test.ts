import { expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import { linear } from "./linear.js";

test("multiplies rows by the transposed weights and adds the bias", async () => {
  const { y } = await runLayer(linear(2), [2, 3], [1, 2, 3, 4, 5, 6], {
    params: { weight: [1, 0, 0, 0, 1, 1], bias: [10, 20] },
  });
  expect(y).toEqual([11, 25, 14, 31]);
});

test("works without a bias", async () => {
  const { y, params } = await runLayer(linear(1, { bias: false }), [1, 2], [3, 4], {
    params: { weight: [2, 1] },
  });
  expect(y).toEqual([10]);
  expect(params.bias).toBeUndefined();
});

test("images are refused with the cure", async () => {
  await expect(runLayer(linear(2), [1, 1, 2, 2], [1, 2, 3, 4])).rejects.toThrow(
    "expected [batch, features], found [1, 1, 2, 2]; put flatten() in front",
  );
});
