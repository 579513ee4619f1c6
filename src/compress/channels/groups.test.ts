// Which channels go together.

import { describe, expect, test } from "vitest";
import { add, concat, mul, reshape, slice, transpose } from "../../graph/index.js";
import { createModel, families } from "../../models/index.js";
import {
  avgPool,
  batchNorm,
  build,
  conv2d,
  convTranspose2d,
  dropout,
  flatten,
  globalAvgPool,
  groupNorm,
  type Layer,
  layerNorm,
  linear,
  maxPool,
  sequential,
} from "../../nn/index.js";
import { type Channel, channelGroups } from "./groups.js";

const groupsFor = (layer: Layer, input = [3, 8, 8], training = false) =>
  channelGroups(build(layer, [2, ...input], { training }));

/** `a.weight/0:1` is place 1 along axis 0. */
const texts = ({ makers, takers }: Channel) =>
  [...makers, ...takers].map(({ param, axis, at }) => `${param}/${axis}:${at.join(",")}`);

/** Names and numbers of channels of the groups. */
const sizes = (layer: Layer, input?: number[]) =>
  groupsFor(layer, input).map(({ name, channels }) => [name, channels.length]);

const own =
  (name: string, layer: Layer): Layer =>
  (x, scope) =>
    scope.apply(name, layer, x);

describe("a channel", () => {
  test("is a filter, its normalisation, and the inputs that it feeds", () => {
    const layer = sequential({ a: conv2d(4, 3), bn: batchNorm(), b: conv2d(2, 3) });
    const [group, ...others] = groupsFor(layer, undefined, true);
    expect(others).toEqual([]);
    expect(texts(group.channels[2])).toEqual([
      "a.weight/0:2",
      "a.bias/0:2",
      "bn.scale/0:2",
      "bn.shift/0:2",
      "bn.mean/0:2",
      "bn.variance/0:2",
      "b.weight/1:2",
    ]);
    expect(group.channels[0].takers).toEqual([{ param: "b.weight", axis: 1, at: [0] }]);
  });

  test("is as many inputs of a linear layer as it has pixels", () => {
    const layer = sequential({ a: conv2d(2, 7), pool: maxPool(1), flat: flatten(), fc: linear(5) });
    const [{ channels }] = groupsFor(layer);
    expect(channels[1].takers).toEqual([{ param: "fc.weight", axis: 1, at: [4, 5, 6, 7] }]);
  });

  test("goes through pooling, dropout and depthwise convolutions", () => {
    const layer = sequential({
      a: conv2d(4, 1),
      depth: conv2d(8, 3, { groups: 4 }),
      mean: avgPool(2),
      drop: dropout(0.5),
      pool: globalAvgPool(),
      fc: linear(2),
    });
    const [{ channels }] = groupsFor(layer, [3, 8, 8], true);
    expect(texts(channels[1])).toEqual([
      "a.weight/0:1",
      "a.bias/0:1",
      "depth.weight/0:2,3",
      "depth.bias/0:2,3",
      "fc.weight/1:2,3",
    ]);
  });

  test("of a transposed convolution is an output of its", () => {
    const layer = sequential({ a: convTranspose2d(4, 2), b: conv2d(1, 1) });
    const [{ name, channels }] = groupsFor(layer);
    expect([name, channels.length]).toEqual(["a.weight", 4]);
    expect(channels[3].makers[0]).toEqual({ param: "a.weight", axis: 1, at: [3] });
  });
});

describe("channels go together", () => {
  test("in a residual sum", () => {
    const layer: Layer = (x, scope) => {
      const a = own("a", conv2d(4, 1))(x, scope);
      return own("c", conv2d(2, 1))(add(a, own("b", conv2d(4, 1))(a, scope)), scope);
    };
    const [{ channels }, ...others] = groupsFor(layer);
    expect(others).toEqual([]);
    expect(texts(channels[1])).toEqual([
      "a.weight/0:1",
      "a.bias/0:1",
      "b.weight/0:1",
      "b.bias/0:1",
      "b.weight/1:1",
      "c.weight/1:1",
    ]);
  });

  test("of one group of a normalisation or a convolution, and all of those of a layer normalisation", () => {
    const between = (norm: Layer) => sequential({ a: conv2d(8, 1), norm, b: conv2d(2, 1) });
    expect(sizes(between(groupNorm(4)))).toEqual([["a.weight", 4]]);
    expect(sizes(between(conv2d(16, 1, { groups: 2 })))).toEqual([["a.weight", 2]]);
    expect(sizes(between(layerNorm()))).toEqual([]);
  });

  test("of a shuffle, as far as it mixes them", () => {
    const shuffled: Layer = (x, scope) => {
      const y = own("a", conv2d(6, 1))(x, scope);
      const [n, c, h, w] = y.shape;
      const turned = transpose(reshape(y, [n, 2, c / 2, h, w]), [0, 2, 1, 3, 4]);
      return own("b", conv2d(2, 1))(reshape(turned, y.shape), scope);
    };
    const [{ channels }] = groupsFor(shuffled);
    expect(channels.map(({ makers: [{ at }] }) => at)).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(channels[1].takers[0].at).toEqual([2, 3]);
  });
});

test("weights put together of several parameters take sums by all of them", () => {
  const { layer, input } = createModel("lenet5-1998", {
    ...{ channels: 1, height: 28, width: 28, outputs: 10 },
  });
  const [first] = groupsFor(layer, [...input]);
  const { takers } = first.channels[0];
  // Table I of the paper: the first map is seen by ten of the sixteen.
  expect(takers.map(({ param }) => param)).toEqual(
    [0, 4, 5, 6, 9, 10, 11, 12, 14, 15].map((map) => `c3.map${map}.weight`),
  );
});

test("a concatenation and its parts keep the places of channels", () => {
  const layer: Layer = (x, scope) => {
    const parts = ["a", "b"].map((name) => own(name, conv2d(4, 1))(x, scope));
    const both = concat([x, ...parts], 1);
    const second = slice(both, [0, 7, 0, 0], [2, 4, 8, 8]);
    const last = (name: string, y: typeof x) => own(name, conv2d(2, 1))(y, scope);
    return add(last("c", both), last("d", second));
  };
  const groups = groupsFor(layer);
  expect(groups.map(({ name, channels }) => [name, texts(channels[0]).slice(2)])).toEqual([
    ["a.weight", ["c.weight/1:3"]],
    ["b.weight", ["c.weight/1:7", "d.weight/1:0"]],
  ]);
});

test("what an op says nothing of, outputs of the net and channels of images stay", () => {
  const gram: Layer = (x, scope) => {
    const y = reshape(own("a", conv2d(4, 1))(x, scope), [2, 4, 64]);
    return mul(y, y);
  };
  expect(sizes(gram)).toEqual([]);
  expect(sizes(conv2d(4, 1))).toEqual([]);
});

/** What its spreads give is taken in training alone, where codes are drawn. */
const DRAWING = "variational-autoencoder";

test.for(families.map((family) => [family.name, family] as const))(
  "%s has channels that can be removed, the same ones in training",
  ([name, { smallest, published }]) => {
    const images = { ...published, height: smallest, width: smallest, outputs: 10 };
    const { layer, input } = createModel(name, images);
    const groups = groupsFor(layer, [...input]);
    expect(Math.max(...groups.map(({ channels }) => channels.length))).toBeGreaterThan(3);
    const takers = groups.flatMap(({ channels }) => channels.map((channel) => channel.takers));
    const areTaken = takers.every(({ length }) => length > 0);
    expect(areTaken).toBe(name !== DRAWING);
    if (areTaken) expect(groupsFor(layer, [...input], true)).toEqual(groups);
  },
);
