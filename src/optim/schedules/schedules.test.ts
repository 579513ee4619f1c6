// The suite that every schedule passes: one row of the table each.

import { describe, expect, test } from "vitest";
import { getSchedule, schedules } from "./index.js";

const total = 1000;

/** Known points: [step, factor]. */
const table: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  constant: [
    [0, 1],
    [999, 1],
  ],
  step: [
    [0, 1],
    [499, 1],
    [500, 0.1],
    [749, 0.1],
    [750, 0.01],
    [999, 0.01],
  ],
  polynomial: [
    [0, 1],
    [500, 0.25],
    [900, 0.01],
    [1000, 0],
  ],
  plateau: [
    [0, 1],
    [999, 1],
  ],
  cosine: [
    [0, 1],
    [250, (1 + Math.SQRT1_2) / 2],
    [500, 0.5],
    [1000, 0],
  ],
  "one-cycle": [
    [0, 0.04],
    [150, 0.52],
    [300, 1],
    [650, 0.50005],
    [1000, 1e-4],
  ],
};

describe.each(schedules().map((schedule) => [schedule.name, schedule] as const))(
  "%s",
  (name, { factor }) => {
    test("goes through its known points", () => {
      for (const [step, expected] of table[name]) {
        expect(factor({ step, total })).toBeCloseTo(expected, 12);
      }
    });

    test("stays within 0 and 1, also in the shortest run", () => {
      const factors = Array.from({ length: total }, (_, step) => factor({ step, total }));
      factors.push(factor({ step: 0, total: 1 }));
      expect(factors.every((value) => value > 0 && value <= 1)).toBe(true);
    });
  },
);

test.each([
  [[], 1],
  [[3, 2, 1], 1],
  [[1, 2, 3], 1],
  [[1, 2, 3, 4], 0.1],
  [[1, 2, 3, 0.5, 2, 3], 1],
  [[1, 1, 1, 1, 1, 1, 1], 0.01],
  [[1, 2, 2, 2, 0.5, 2, 2, 2], 0.01],
])("plateau after losses %j leaves %d", (losses, expected) => {
  expect(getSchedule("plateau").factor({ step: 9, total: 10, losses })).toBeCloseTo(expected, 12);
});

test("an unknown schedule is refused with the nearest one", () => {
  expect(() => getSchedule("one-cyle")).toThrow('did you mean "one-cycle"?');
});
