import { describe, expect, test } from "vitest";
import { costOf, workOf } from "../cost/index.js";
import { macsOf } from "../graph/index.js";
import { createModel } from "../models/index.js";
import { conv2d, netOf } from "../nn/index.js";
import { asDone } from "./asDone.js";
import { agreement, layerTimes } from "./layers.js";

test("every layer that multiplies is timed alone, under the name and with the roofline that costs tell", async () => {
  const model = createModel("mobilenetv3-small", {
    ...{ channels: 3, height: 32, width: 32, outputs: 10 },
  });
  const machine = { name: "slow", macsPerSecond: 1e9, bytesPerSecond: 1e9 };
  const { rows } = await layerTimes(model, 2, machine, 1);
  const costs = costOf(model, { batch: 2, machine });
  expect(rows.map(({ layer, macs }) => [layer, macs])).toEqual(
    costs.rows.map(({ layer, macs }) => [layer, macs]),
  );
  for (const [at, { rooflineMs, fastestMs }] of rows.entries()) {
    expect(fastestMs).toBeGreaterThan(0);
    // Biases of folded statistics come on top.
    expect(rooflineMs / (1e3 * costs.rows[at].seconds)).toBeCloseTo(1, 1);
  }
});

test("layers in the order of what is foretold agree", () => {
  const row = (rooflineMs: number, expectedMs: number, fastestMs: number) => ({
    ...{ layer: "", macs: 1, bound: "memory" as const, rooflineMs, expectedMs, fastestMs },
  });
  const rows = [row(1, 3, 3), row(2, 2, 4), row(3, 1, 50)];
  expect(agreement(rows)).toEqual({ roofline: 1, expected: -1 });
});

describe("a layer as it is done", () => {
  const near = { wide: true, cacheBytes: 2 ** 40 };
  const layer = (channels: number, side: number, options: object = {}) => {
    const convolution = conv2d(channels, 3, { padding: 1, ...options });
    const net = netOf({ layer: convolution, input: [channels, side, side] }, 4, {
      training: false,
    });
    const node = net.graph.nodes.find(({ op }) => op.name === "conv2d")!;
    return { node, work: workOf(node)! };
  };
  const ratio = ({ node, work }: ReturnType<typeof layer>, doing = near) =>
    asDone(node, work, doing).macs / macsOf(work.loops);

  test("takes a quarter of the products in whole tiles, more in others, as many without wide vectors", () => {
    expect(ratio(layer(64, 24))).toBeCloseTo(0.25, 9);
    expect(ratio(layer(256, 6))).toBeCloseTo(4 / 9, 9);
    expect(ratio(layer(64, 24), { ...near, wide: false })).toBe(1);
  });

  test.each([
    ["too many channels", layer(512, 6)],
    ["channels that fill no block", layer(24, 24)],
    ["a stride", layer(64, 24, { strides: 2 })],
    ["groups", layer(64, 24, { groups: 2 })],
    ["few places", layer(64, 2)],
  ])("%s are multiplied directly", (_, one) => expect(ratio(one)).toBe(1));

  test("reads weights that stay in no cache again for each group of tiles", () => {
    const { node, work } = layer(256, 6);
    const [once, again] = [near, { ...near, cacheBytes: 2 ** 20 }].map(
      (doing) => asDone(node, work, doing).bytes,
    );
    const { inputs, outputs } = work.numbers;
    expect(once).toBe(4 * (inputs + outputs + 36 * 256 ** 2));
    expect(again - once).toBe(4 * 36 * 256 ** 2);
  });
});
