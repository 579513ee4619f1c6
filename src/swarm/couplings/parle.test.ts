import { expect, test } from "vitest";
import {
  gap,
  meanOf,
  movesOf,
  pointsOf,
  positionsAfter,
  roundOver,
} from "../../../test/support/couplings.js";
import { stay } from "../coupling.js";
import { type ParleSettings, parle } from "./parle.js";

const points = pointsOf(3);
const mean = meanOf(points.position);

/** Share of the way to the mean that the first particle goes. */
function pull(settings: ParleSettings, more: object = {}): number {
  const round = roundOver(points, { lr: [0.1, 0.1, 0.1], ...more });
  const [after] = positionsAfter(parle(settings), points, round);
  return (after[0] - points.position[0][0]) / (mean[0] - points.position[0][0]);
}

test("without strength every anchor stays", () => {
  expect(movesOf(parle({ rho: 0 }), roundOver(points))).toEqual([stay(0), stay(1), stay(2)]);
});

test("the first pull is lr rho, for each local step and each replica", () => {
  expect(pull({})).toBeCloseTo(0.1 * 0.01 * 25 * 3, 5);
  expect(pull({ rho: 0.02, every: 10 })).toBeCloseTo(0.1 * 0.02 * 10 * 3, 5);
});

test("grows with each round up to the largest strength", () => {
  // 8 rounds of 25 steps in 4 epochs: 50 steps an epoch.
  const factor = 1 + 0.5 / 50;
  expect(pull({}, { number: 6 })).toBeCloseTo(0.1 * 0.75 * factor ** 6, 5);
  expect(pull({ most: 0.76 }, { number: 6 })).toBeCloseTo(0.1 * 0.76, 5);
});

test("never goes beyond the mean", () => {
  const round = roundOver(points, { lr: [5, 5, 5] });
  const after = positionsAfter(parle({ rho: 1 }), points, round);
  for (const x of after) expect(gap(x, mean)).toBeLessThan(1e-6);
});
