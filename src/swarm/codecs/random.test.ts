// The compressors that round at random are right in the mean.

import { describe, expect, test } from "vitest";
import { at } from "../../../test/support/codecs.js";
import { layoutOf } from "../../graph/index.js";
import { getCompressor } from "./index.js";

const DRAWS = 20_000;
const layout = layoutOf([{ name: "weight", shape: [2, 3], kind: "weight" }]);
const gradient = Float32Array.of(0.3, -0.02, 1, 0, -0.71, 0.004);

describe.each([
  ["qsgd", { levels: 1, bucket: 6 }],
  ["qsgd", { levels: 7, bucket: 4 }],
  ["terngrad", { clip: 0 }],
])("%s %o", (name, settings) => {
  const compressor = getCompressor(name).make(settings)(layout);

  test("is unbiased over 20,000 draws", () => {
    const mean = new Float64Array(6);
    const square = new Float64Array(6);
    for (let step = 0; step < DRAWS; step++) {
      const drawn = compressor.decode(compressor.encode(gradient, {}, at(step)));
      drawn.forEach((value, index) => {
        mean[index] += value / DRAWS;
        square[index] += value ** 2 / DRAWS;
      });
    }
    mean.forEach((value, index) => {
      const std = Math.sqrt(Math.max(square[index] - value ** 2, 0) / DRAWS);
      expect(Math.abs(value - gradient[index])).toBeLessThan(4 * std + 2e-5);
    });
  });

  test("draws others for another step, epoch, particle and seed, and the same again", () => {
    const long = layoutOf([{ name: "weight", shape: [200], kind: "weight" }]);
    const open = getCompressor(name).make(settings)(long);
    const values = Float32Array.from({ length: 200 }, (_, index) => Math.sin(index));
    const drawn = (moment: Parameters<typeof at>[1], step = 0) =>
      `${open.encode(values, {}, at(step, moment))}`;
    const all = [
      drawn({}),
      drawn({}, 1),
      drawn({ epoch: 1 }),
      drawn({ particle: 1 }),
      drawn({ seed: 2 }),
    ];
    expect(new Set(all).size).toBe(5);
    expect(drawn({})).toBe(all[0]);
  });
});
