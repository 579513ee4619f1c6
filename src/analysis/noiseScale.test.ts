import { expect, test } from "vitest";
import { stripeSplits, tinyModel, tinySettings } from "../../test/support/tinyRun.js";
import { Random } from "../tensor/philox.js";
import { noiseScale, partsOf } from "./noiseScale.js";

test("signal and noise are told apart without bias", () => {
  const random = new Random({ seed: 1, purpose: "search" });
  const [signal, std, size, batches] = [2, 3, 10, 4];
  const draws = 20000;
  let [small, large] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const means = Array.from(
      { length: batches },
      () => signal + (std / Math.sqrt(size)) * random.normal(),
    );
    small += means.reduce((sum, x) => sum + x * x, 0) / batches / draws;
    large += (means.reduce((sum, x) => sum + x, 0) / batches) ** 2 / draws;
  }
  const parts = partsOf({ size, square: small }, { size: size * batches, square: large });
  expect(Math.abs(parts.signal / signal ** 2 - 1)).toBeLessThan(0.03);
  expect(Math.abs(parts.noise / std ** 2 - 1)).toBeLessThan(0.03);
  expect(partsOf({ size: 1, square: 1 }, { size: 2, square: 0.4 }).scale).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test("is measured on the way, and the way is that of an undisturbed training", async () => {
  const own = { data: stripeSplits(), model: tinyModel };
  const measured = await noiseScale(tinySettings, { ...own, steps: 20, looks: 3, batches: 5 });
  expect(measured.map(({ step }) => step)).toEqual([0, 10, 20]);
  expect(measured[2].loss).toBeLessThan(measured[0].loss);
  const twice = await noiseScale(tinySettings, { ...own, steps: 20, looks: 2, batches: 5 });
  expect(twice[1]).toEqual(measured[2]);
});

test.each([
  [{ steps: 0 }, "steps is 0; expected a whole number from 1 on"],
  [{ looks: 1 }, "looks is 1; expected a whole number from 2 on"],
  [{ batches: 1.5 }, "batches is 1.5; expected a whole number from 2 on"],
])("refuses %j", async (options, message) => {
  const own = { data: stripeSplits(), model: tinyModel };
  await expect(noiseScale(tinySettings, { ...own, ...options })).rejects.toThrow(message);
});
