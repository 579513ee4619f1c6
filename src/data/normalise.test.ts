import { expect, test } from "vitest";
import { tinyDataset } from "../../test/fixtures/data.js";
import { normalisationOf } from "./normalise.js";

test("mean and std of each channel", () => {
  const images = Uint8Array.of(0, 7, 10, 7, 20, 7, 30, 7);
  const { mean, std } = normalisationOf(
    tinyDataset({ length: 1, height: 2, width: 2, channels: 2, images }),
  );
  expect(mean).toEqual([15, 7]);
  expect(std[0]).toBeCloseTo(Math.sqrt(125), 12);
  expect(std[1]).toBe(1); // a constant channel is only centred
});
