// What goes of a net, by every way to prune.

import { describe, expect, test } from "vitest";
import { createModel, families } from "../../models/index.js";
import {
  batchNorm,
  type CompactNet,
  compact,
  conv2d,
  initialise,
  type Layer,
  linear,
  netOf,
  sequential,
} from "../../nn/index.js";
import { channelGroups, maskWeights } from "../channels/index.js";
import { netPass } from "../passes/index.js";
import { chooseChannels } from "./choose.js";
import { filters } from "./filters.js";
import { getPruner, pruners, sharesOf } from "./index.js";
import { slimming } from "./slimming.js";

function given(layer: Layer, input: readonly number[], values: Record<string, number[]> = {}) {
  const net = netOf({ layer, input }, 2, { training: true });
  const w = initialise(net, 1);
  for (const { name, offset } of net.layout.params) w.set(values[name] ?? [], offset);
  return { net, w };
}

/** Numbers of a parameter. */
function numbers({ net, w }: CompactNet, name: string): number[] {
  const { offset, shape } = net.layout.params.find((param) => param.name === name)!;
  return [...w.subarray(offset, offset + shape.reduce((a, b) => a * b, 1))];
}

describe("filters", () => {
  const layer = sequential({ a: conv2d(4, 1), b: conv2d(3, 1), c: conv2d(1, 1) });
  const net = given(layer, [2, 3, 3], {
    "a.weight": [3, -3, 1, 1, -2, 0, 5, 5],
    "b.weight": [1, 1, 1, 1, 0, 0, 0, -5, 1, 0, 0, 1],
  });

  test("of the smallest sums of magnitudes go, the same share of each group", () => {
    expect(chooseChannels(net, filters, 0.5)).toEqual({ "a.weight": [1, 2], "b.weight": [0, 2] });
    expect(chooseChannels(net, filters, 0.25)).toEqual({ "a.weight": [1], "b.weight": [2] });
  });

  test("one of each group stays", () => {
    expect(chooseChannels(net, filters, 0.99)).toEqual({
      "a.weight": [0, 1, 2],
      "b.weight": [0, 2],
    });
  });
});

describe("slimming", () => {
  const layer = sequential({
    a: conv2d(4, 1),
    an: batchNorm(),
    b: conv2d(4, 1),
    bn: batchNorm(),
    c: conv2d(4, 1),
    d: conv2d(1, 1),
  });
  const net = given(layer, [2, 3, 3], {
    "an.scale": [0.1, -0.9, 0.2, 0.3],
    "bn.scale": [1, 2, -3, 0.15],
  });

  test("takes the smallest scales of the whole net, and none where there is no scale", () => {
    expect(chooseChannels(net, slimming, 0.25)).toEqual({ "a.weight": [0], "b.weight": [3] });
    expect(chooseChannels(net, slimming, 0.5)).toEqual({ "a.weight": [0, 2, 3], "b.weight": [3] });
    expect(chooseChannels(net, slimming, 0.6)).toEqual({
      "a.weight": [0, 2, 3],
      "b.weight": [0, 3],
    });
  });

  test("is refused a net with parameters for training alone", () => {
    const images = { channels: 1, height: 8, width: 8, outputs: 1 };
    const model = createModel("variational-autoencoder", images);
    const net = netOf(model, 1, { training: false });
    const whole = { net, w: initialise(net, 1) };
    expect(() => chooseChannels(whole, slimming, 0.5)).toThrow(
      /^prune slimming: .*spreads.* counts in training alone/,
    );
  });

  test("has nothing to say of a net without normalisation", () => {
    const plain = given(sequential({ a: conv2d(4, 1), b: conv2d(1, 1) }), [2, 3, 3]);
    expect(() => chooseChannels(plain, slimming, 0.5)).toThrow(
      "prune slimming: the net has no channels that it could rank",
    );
  });
});

describe("magnitude", () => {
  const net = given(linear(2), [4], { weight: [1, -4, 0.5, 3, -0.1, 2, 9, 8], bias: [0, 1] });

  test("sets the smallest weights of every layer to 0, and masks on them", () => {
    const { small, passes } = getPruner("magnitude").prune(net, 0.5);
    expect(passes).toEqual([{ pass: "masks", masks: { weight: [2, 4] } }]);
    expect(numbers(small, "weight")).toEqual([0, -4, 0, 3, 0, 0, 9, 8]);
    expect(numbers(small, "weight.mask")).toEqual([0, 1, 0, 1, 0, 0, 1, 1]);
    expect(numbers(small, "bias")).toEqual([0, 1]);
    expect(small.net.layout.trainable).toBe(10);
    const again = getPruner("magnitude").prune(small, 0.75);
    expect(again.passes).toEqual([]);
    expect(numbers(again.small, "weight")).toEqual([0, 0, 0, 0, 0, 0, 9, 8]);
    expect(numbers(again.small, "weight.mask")).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  test("takes in its masks when the net is compact", () => {
    const layer = linear(2);
    const whole = netOf({ layer, input: [4] }, 1, { training: false });
    const pass = maskWeights({ weight: [2, 4] });
    const masked = netOf({ layer, input: [4] }, 1, { training: false, passes: [pass] });
    const small = compact(masked, initialise(masked, 1));
    expect([...small.w]).toEqual([...initialise(whole, 1)]);
    expect(() => maskWeights({ wight: [1] })(whole)).toThrow('the net has no parameter "wight"');
    expect(() => maskWeights({ weight: [3, 4] })(whole)).toThrow(
      'masks: the mask of "weight" is [3, 4]; expected one that broadcasts to [2, 4]',
    );
  });
});

describe.for(pruners.map((pruner) => [pruner.name, pruner] as const))("%s", ([, pruner]) => {
  test("has a share above 0 and below 1", () => {
    const net = given(sequential({ a: conv2d(4, 1), b: conv2d(1, 1) }), [2, 3, 3]);
    for (const share of [0, 1, -1, Number.NaN]) {
      expect(() => pruner.prune(net, share)).toThrow("above 0 and below 1");
    }
  });

  test.for(["resnet20", "mobilenetv2-0.35", "shufflenetv2-0.5", "unet-8"])(
    "leaves of %s what its passes make of the net, with numbers of every group",
    (name) => {
      const { published, smallest } = families.find((family) => family.name === name)!;
      const images = { ...published, height: smallest, width: smallest, outputs: 10 };
      const model = createModel(name, images);
      const whole = netOf(model, 1, { training: false });
      const { small, passes } = pruner.prune({ net: whole, w: initialise(whole, 1) }, 0.9);
      const again = netOf(model, 2, { training: true, passes: passes.map(netPass) });
      expect(again.layout).toEqual(small.net.layout);
      expect(small.w.length).toBe(small.net.layout.length);
      const before = channelGroups(whole).length;
      expect(channelGroups(small.net).length).toBeLessThanOrEqual(before);
    },
  );
});

test("in rounds what is gone rises to the share", () => {
  expect(sharesOf({ shareOf: "all" }, 0.8, 4)).toEqual(
    [1, 2, 3, 4].map((round) => expect.closeTo(0.8 * (1 - (1 - round / 4) ** 3), 12)),
  );
  const left = sharesOf({ shareOf: "rest" }, 0.8, 4).reduce((rest, part) => rest * (1 - part), 1);
  expect(left).toBeCloseTo(0.2, 12);
});

test("an unknown way is refused", () => {
  expect(() => getPruner("filter")).toThrow('unknown way to prune "filter"');
});
