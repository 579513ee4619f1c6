// Images by what a net knows of those that it was trained on.

import { expect, test } from "vitest";
import { createEngine } from "../../engine/index.js";
import { batchNorm, conv2d, initialise, netOf, relu, sequential } from "../../nn/index.js";
import { distilledImages, hasStatistics } from "./distil.js";

const [BATCH, SIDE] = [16, 6];
const model = {
  layer: sequential({ conv: conv2d(2, 1), norm: batchNorm(), relu: relu(), last: conv2d(2, 3) }),
  input: [3, SIDE, SIDE],
};

test("they have the means and deviations that batch norms expect", async () => {
  const net = netOf(model, BATCH, { training: false });
  const w = initialise(net, 1);
  const at = (name: string) => net.layout.params.find((param) => param.name === name)!.offset;
  w.set([1, -2], at("norm.mean"));
  w.set([0.25, 4], at("norm.variance"));
  const engine = await createEngine({ threads: 1 });
  const { images, before, after } = await distilledImages(engine, model, w, {
    ...{ batch: BATCH, steps: 300 },
  });
  await engine.close();
  expect(after).toBeLessThan(0.001 * before);
  // What the first layer makes of them, by hand.
  const weights = w.subarray(at("conv.weight"), at("conv.weight") + 6);
  const pixels = SIDE * SIDE;
  const found = [0, 1].map((channel) => {
    const values = Array.from({ length: BATCH * pixels }, (_, k) => {
      const first = Math.floor(k / pixels) * 3 * pixels + (k % pixels);
      return [0, 1, 2].reduce(
        (sum, one) => sum + weights[3 * channel + one] * images[first + one * pixels],
        0,
      );
    });
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return [mean, Math.sqrt(variance)];
  });
  for (const [channel, [mean, deviation]] of found.entries()) {
    expect(mean).toBeCloseTo([1, -2][channel], 1);
    expect(deviation).toBeCloseTo([0.5, 2][channel], 1);
  }
});

test("a net without batch norm tells nothing", () => {
  expect(hasStatistics(model)).toBe(true);
  expect(hasStatistics({ ...model, layer: sequential(conv2d(3, 1), relu()) })).toBe(false);
});
