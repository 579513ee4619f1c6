import { expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import type { Layer } from "../scope.js";
import {
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  tanh,
} from "./activations.js";

const sigma = (x: number) => 1 / (1 + Math.exp(-x));

/** Values at -4, -1, 0, 1 and 7. */
const table: readonly [string, Layer, readonly number[]][] = [
  ["relu", relu(), [0, 0, 0, 1, 7]],
  ["relu6", relu6(), [0, 0, 0, 1, 6]],
  ["leakyRelu", leakyRelu(0.1), [-0.4, -0.1, 0, 1, 7]],
  ["hardSwish", hardSwish(), [0, -1 / 3, 0, 2 / 3, 7]],
  ["hardSigmoid", hardSigmoid(), [0, 1 / 3, 1 / 2, 2 / 3, 1]],
  ["sigmoid", sigmoid(), [-4, -1, 0, 1, 7].map(sigma)],
  ["silu", silu(), [-4, -1, 0, 1, 7].map((x) => x * sigma(x))],
  ["tanh", tanh(), [-4, -1, 0, 1, 7].map(Math.tanh)],
  ["gelu", gelu(), [-0.000126685, -0.158655254, 0, 0.841344746, 7]],
];

test.each(table)("%s", async (_, layer, expected) => {
  const { y } = await runLayer(layer, [1, 5], [-4, -1, 0, 1, 7]);
  for (const [at, value] of expected.entries()) expect(y[at]).toBeCloseTo(value, 5);
});
