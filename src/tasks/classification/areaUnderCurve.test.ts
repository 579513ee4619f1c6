import fc from "fast-check";
import { expect, test } from "vitest";
import { areaUnderCurve } from "./areaUnderCurve.js";

const pairs = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.nat(1)), { maxLength: 40 });

test("is the share of pairs in the right order, ties counting one half", () => {
  fc.assert(
    fc.property(pairs, (cases) => {
      const scores = cases.map(([score]) => score);
      const truths = cases.map(([, truth]) => truth);
      const of = (wanted: number) => scores.filter((_, at) => truths[at] === wanted);
      const [positives, negatives] = [of(1), of(0)];
      const won = positives.flatMap((own) =>
        negatives.map((other) => (Math.sign(own - other) + 1) / 2),
      );
      const found = areaUnderCurve(scores, truths);
      if (won.length === 0) expect(found).toBeNaN();
      else expect(found).toBeCloseTo(won.reduce((a, b) => a + b) / won.length, 12);
    }),
  );
});

test("does not depend on the order of the images", () => {
  fc.assert(
    fc.property(pairs, (cases) => {
      const area = (list: typeof cases) =>
        areaUnderCurve(
          list.map(([score]) => score),
          list.map(([, truth]) => truth),
        );
      expect(area(cases.toReversed())).toEqual(area(cases));
    }),
  );
});

test("ends where scores are no numbers", () => {
  expect(areaUnderCurve([Number.NaN, Number.NaN, 1], [1, 0, 0])).toEqual(expect.any(Number));
});
