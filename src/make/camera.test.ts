// A camera turns what it sees, by little, and each time otherwise.

import { expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { photographed } from "./camera.js";

const [height, width] = [61, 301];

/** One line across the middle of a sheet of paper. */
function line() {
  const data = new Uint8Array(height * width).fill(255);
  data.fill(0, 29 * width, 32 * width);
  return { height, width, channels: 1, data };
}

test("a level line is seen turned by up to 1.5 degrees to either side", () => {
  const slopes = Array.from({ length: 12 }, (_, step) => {
    const { data } = photographed(line(), new Random({ seed: 3, purpose: "make", step }));
    /** The row that is darkest in ten columns. */
    const darkest = (from: number) => {
      const rows = Array.from({ length: height }, (_, y) =>
        data.subarray(y * width + from, y * width + from + 10).reduce((sum, byte) => sum + byte, 0),
      );
      return rows.indexOf(Math.min(...rows));
    };
    return (darkest(270) - darkest(20)) / 250;
  });
  expect(Math.max(...slopes)).toBeGreaterThan(0.01);
  expect(Math.min(...slopes)).toBeLessThan(-0.01);
  expect(Math.max(...slopes.map(Math.abs))).toBeLessThan(0.035);
});
