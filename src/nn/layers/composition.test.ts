// Sequential and residual: how layers become nets, and how their parameters are named.

import { describe, expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import { build } from "../build.js";
import { fill } from "../initialisers.js";
import type { Layer } from "../scope.js";
import { relu } from "./activations.js";
import { conv2d } from "./conv2d.js";
import { linear } from "./linear.js";
import { residual } from "./residual.js";
import { sequential } from "./sequential.js";

const names = (layer: Layer, shape: readonly number[]) =>
  build(layer, shape, { training: true }).layout.params.map(({ name }) => name);

describe("sequential", () => {
  test("names parameters by position or by key", () => {
    expect(names(sequential(linear(4), relu(), linear(2)), [1, 3])).toEqual([
      "0.weight",
      "0.bias",
      "2.weight",
      "2.bias",
    ]);
    const named = sequential({ fc1: linear(4), relu: relu(), head: sequential(linear(2)) });
    expect(names(named, [1, 3])).toEqual([
      "fc1.weight",
      "fc1.bias",
      "head.0.weight",
      "head.0.bias",
    ]);
  });

  test("applies layers in order, and none is the identity", async () => {
    const layer = sequential(linear(1, { init: fill(-1) }), relu());
    expect((await runLayer(layer, [2, 2], [1, 2, -3, 1])).y).toEqual([0, 2]);
    expect((await runLayer(sequential(), [1, 2], [1, -2])).y).toEqual([1, -2]);
  });

  test("records its blocks, inner ones first", () => {
    const layer = sequential({ stage: sequential(linear(2), relu()) });
    const { blocks } = build(layer, [1, 2], { training: false });
    expect(blocks.map(({ path }) => path)).toEqual(["stage.0", "stage.1", "stage"]);
    expect(blocks[2].output).toBe(blocks[1].output);
  });
});

describe("residual", () => {
  const double = conv2d(1, 1, { init: fill(2), bias: false });

  test("adds the input to the body", async () => {
    const layer = residual(sequential({ conv: double }));
    const { y, params } = await runLayer(layer, [1, 1, 1, 2], [1, -2]);
    expect(y).toEqual([3, -6]);
    expect(Object.keys(params)).toEqual(["conv.weight"]);
  });

  test("may change the shortcut and end with an activation", async () => {
    const layer = residual(sequential({ conv: double }), { shortcut: double, activation: relu() });
    const { y, params } = await runLayer(layer, [1, 1, 1, 2], [1, -2]);
    expect(y).toEqual([4, 0]);
    expect(Object.keys(params)).toEqual(["shortcut.weight", "conv.weight"]);
  });

  test("shapes that differ are refused", async () => {
    await expect(runLayer(residual(conv2d(2, 1)), [1, 1, 1, 2], [1, 2])).rejects.toThrow(
      "the body gives [1, 2, 1, 2], the shortcut [1, 1, 1, 2]",
    );
  });
});
