import { expect, test } from "vitest";
import { costOf } from "../cost/index.js";
import { createModel } from "../models/index.js";
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

test("layers in the order of their rooflines agree", () => {
  const row = (rooflineMs: number, fastestMs: number) => ({
    ...{ layer: "", macs: 1, bound: "memory" as const, rooflineMs, fastestMs },
  });
  expect(agreement([row(1, 3), row(2, 4), row(3, 50)])).toBe(1);
  expect(agreement([row(1, 3), row(2, 2)])).toBe(-1);
});
