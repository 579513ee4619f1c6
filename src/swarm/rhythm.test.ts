import { expect, test } from "vitest";
import { roundsIn, seesEpoch } from "./rhythm.js";

test("rounds are counted over all steps of a run", () => {
  expect(roundsIn("epoch", { epochs: 3, stepsPerEpoch: 10 })).toBe(3);
  expect(roundsIn(10, { epochs: 3, stepsPerEpoch: 10 })).toBe(3);
  expect(roundsIn(11, { epochs: 3, stepsPerEpoch: 10 })).toBe(3);
  expect(roundsIn(4, { epochs: 3, stepsPerEpoch: 10 })).toBe(8);
});

test("a round sees an epoch that was evaluated since the one before it", () => {
  const seen = (every: number, stepsPerEpoch: number, rounds: number) =>
    Array.from({ length: rounds }, (_, at) => seesEpoch(every, every * (at + 1), stepsPerEpoch));
  expect(seesEpoch("epoch", 10, 10)).toBe(true);
  // After 4, 8, 12, 16, 20, 24 steps; epochs are evaluated after 10 and 20, the second behind the round after 20.
  expect(seen(4, 10, 6)).toEqual([false, false, true, false, false, true]);
  // A round that ends with its epoch is played before the evaluation.
  expect(seen(10, 10, 3)).toEqual([false, true, true]);
  expect(seen(25, 10, 2)).toEqual([true, true]);
});
