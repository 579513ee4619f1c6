import fc from "fast-check";
import { expect, test } from "vitest";
import { rejectBelow } from "./rejection.js";

const share = (confidence: number, right: boolean) => ({ confidence, right });

test("no more than the share is said and wrong, and no more is rejected than must be", () => {
  const strings = fc.array(
    fc.record({
      confidence: fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
      right: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(strings, fc.constantFrom(0, 0.1, 0.3), (all, wrong) => {
      const errors = (least: number) =>
        all.filter(({ confidence, right }) => confidence >= least && !right).length;
      const least = rejectBelow(all, wrong);
      expect(errors(least)).toBeLessThanOrEqual(wrong * all.length);
      const rejected = all.map(({ confidence }) => confidence).filter((one) => one < least);
      if (rejected.length > 0) {
        expect(errors(Math.max(...rejected))).toBeGreaterThan(wrong * all.length);
      }
    }),
  );
});

test("all are said where enough are right, and none where the surest are wrong", () => {
  expect(rejectBelow([share(0.2, true), share(0.1, true)], 0)).toBe(0);
  expect(rejectBelow([share(1, false), share(0.5, true)], 0)).toBeGreaterThan(0.5);
});
