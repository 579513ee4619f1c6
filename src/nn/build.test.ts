import { describe, expect, test } from "vitest";
import { build, initialise } from "./build.js";
import { fill } from "./initialisers.js";
import { batchNorm, conv2d, flatten, linear, sequential } from "./layers/index.js";
import type { Layer } from "./scope.js";

const net = sequential({
  conv: conv2d(4, 3, { bias: false }),
  norm: batchNorm(),
  flatten: flatten(),
  fc: linear(2),
});
const shape = [2, 1, 5, 5];

describe("build", () => {
  test("lays out trainable parameters first, statistics behind", () => {
    const { layout } = build(net, shape, { training: true });
    expect(layout.params.map(({ name, offset, kind }) => [name, offset, kind])).toEqual([
      ["conv.weight", 0, "weight"],
      ["norm.scale", 36, "scale"],
      ["norm.shift", 40, "shift"],
      ["fc.weight", 44, "weight"],
      ["fc.bias", 116, "bias"],
      ["norm.mean", 118, "statistic"],
      ["norm.variance", 122, "statistic"],
    ]);
    expect([layout.trainable, layout.length]).toEqual([118, 126]);
  });

  test("updates statistics in training only, each at its place", () => {
    const writes = (training: boolean) =>
      build(net, shape, { training })
        .graph.nodes.filter(({ op }) => op.name === "write")
        .map(({ attrs }) => attrs.offset);
    expect(writes(true)).toEqual([118, 122]);
    expect(writes(false)).toEqual([]);
  });

  test("finds a parameter's value by name", () => {
    const { params } = build(net, shape, { training: false });
    expect(params.get("fc.weight")?.node.attrs).toMatchObject({ offset: 44, shape: [2, 36] });
  });

  test("two parameters of one name are refused", () => {
    const twice: Layer = (x, scope) => {
      scope.param(x.graph, "weight", [1], fill(0));
      scope.param(x.graph, "weight", [1], fill(0));
      return x;
    };
    expect(() => build(twice, [1, 1], { training: false })).toThrow(
      'two parameters are named "weight"',
    );
  });
});

describe("initialise", () => {
  const built = build(net, shape, { training: true });

  test("is the same for the same seed and particle, and no other", () => {
    const first = initialise(built, 1);
    expect(initialise(built, 1)).toEqual(first);
    expect(initialise(built, 2)).not.toEqual(first);
    expect(initialise(built, 1, 1)).not.toEqual(first);
  });

  test("puts each initialiser's values where its parameter lies", () => {
    const w = initialise(built, 1);
    expect([...w.subarray(36, 44)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...w.subarray(116)]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(w.subarray(0, 36).every((value) => value !== 0)).toBe(true);
  });
});
