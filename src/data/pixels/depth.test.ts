import { expect, test } from "vitest";
import { bytesOf16, Histogram } from "./depth.js";
import { formatLimits } from "./range.js";

test("limits are the 1st and 99th percentile of each channel over all that was counted", () => {
  const all = new Histogram();
  const ramp = Uint16Array.from({ length: 1000 }, (_, at) =>
    at % 2 === 0 ? at / 2 : 60_000 - (at - 1),
  );
  all.add(ramp.subarray(0, 400), 2);
  all.add(ramp.subarray(400), 2);
  expect(all.limits()).toEqual([
    [4, 495],
    [60_000 - 2 * 495, 60_000 - 2 * 4],
  ]);
  expect(formatLimits(all.limits())).toBe("4-495,59010-59992");
});

test.each([
  [500, [500, 501]],
  [65_535, [65_534, 65_535]],
])("where nearly all numbers are %i the limits are still two", (value, limits) => {
  const all = new Histogram();
  all.add(new Uint16Array(300).fill(value), 1);
  all.add(Uint16Array.of(7), 1);
  expect(all.limits()).toEqual([limits]);
  const made = bytesOf16(Uint16Array.of(value, 7), 1, formatLimits(all.limits()));
  expect([...made]).toEqual([value === 500 ? 0 : 255, 0]);
});

test("each channel has its own limits, or all have the same; what lies outside is cut", () => {
  const data = Uint16Array.of(100, 1000, 200, 3000, 300, 2000);
  expect([...bytesOf16(data, 2, "100-300,1000-2000")]).toEqual([0, 0, 127, 255, 255, 255]);
  expect([...bytesOf16(data, 2, "0-255")]).toEqual([100, 255, 200, 255, 255, 255]);
  expect(() => bytesOf16(data, 3, "1-2,3-4")).toThrow("it has 3 channels");
  expect(() => bytesOf16(data, 2, "300-100")).toThrow("the lower one first");
  expect(() => bytesOf16(data, 2, "0-70000")).toThrow("from 0 to 65535");
});
