import { describe, expect, test } from "vitest";
import {
  gap,
  meanOf,
  movesOf,
  type Points,
  pointsOf,
  positionsAfter,
  roundOver,
} from "../../../test/support/couplings.js";
import { stay } from "../coupling.js";
import { replicas } from "./replicas.js";

const lr = [0.1, 0.1, 0.1];

test("without a pull every replica stays", () => {
  const moves = movesOf(replicas({ gamma: 0 }), roundOver(pointsOf(3)));
  expect(moves).toEqual([stay(0), stay(1), stay(2)]);
});

/** How much of the distance to the mean is left after a round. */
function left(coupling: ReturnType<typeof replicas>, more: object = {}): number {
  const points = pointsOf(3);
  const mean = meanOf(points.position);
  const after = positionsAfter(coupling, points, roundOver(points, { lr, ...more }));
  const shares = after.flatMap((x, a) =>
    x.map((v, at) => (v - mean[at]) / (points.position[a][at] - mean[at])),
  );
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(1e-5);
  return shares[0];
}

test("distances to the mean shrink by 1 / (1 + 2 lr gamma every)", () => {
  expect(left(replicas({ gamma: 2 }))).toBeCloseTo(1 / 1.4, 5);
  expect(left(replicas({ gamma: 2, every: 5 }))).toBeCloseTo(1 / 3, 5);
});

test("an endless pull is the mean of all", () => {
  expect(left(replicas({ gamma: 1e12 }))).toBeCloseTo(0, 6);
});

test("the pull of a learner goes with its own learning rate", () => {
  const points = pointsOf(2);
  const mean = meanOf(points.position);
  const round = roundOver(points, { lr: [0, 0.5] });
  const after = positionsAfter(replicas({ gamma: 1 }), points, round);
  expect(after[0]).toEqual(points.position[0]);
  const halfway = points.position[1].map((v, at) => mean[at] + (v - mean[at]) / 2);
  expect(gap(after[1], halfway)).toBeLessThan(1e-6);
});

test("gamma grows by the same factor in each epoch, up to the whole", () => {
  const coupling = replicas({ gamma: 0.01, growth: 1e4 });
  const gammas = [0, 1, 2, 3, 4].map(
    (epoch) => (1 / left(coupling, { epoch, epochs: 4 }) - 1) / (2 * 0.1),
  );
  for (const [epoch, gamma] of gammas.entries()) {
    expect(gamma / (0.01 * 10 ** epoch)).toBeCloseTo(1, 2);
  }
});

test("replicas on a quadratic contract to their centre", () => {
  const coupling = replicas({ gamma: 1, growth: 1 });
  const curvature = 0.8;
  let position = [[3], [-1], [2]];
  const ratios = Array.from({ length: 6 }, (_, number) => {
    const centre = meanOf(position)[0];
    const away = position[0][0] - centre;
    const stepped = position.map(([v]) => [v - 0.1 * curvature * v]);
    const points: Points = { position: stepped, before: position, best: position };
    position = positionsAfter(coupling, points, roundOver(points, { lr, number }));
    return (position[0][0] - meanOf(position)[0]) / away;
  });
  for (const ratio of ratios) expect(ratio).toBeCloseTo((1 - 0.1 * curvature) / 1.2, 5);
});

describe("the automatic strength", () => {
  const points: Points = {
    position: [
      [1, 0],
      [-1, 0],
      [0, 3],
    ],
    before: pointsOf(3, { length: 2 }).before,
    best: pointsOf(3, { length: 2 }).best,
  };

  test("is mean loss over mean squared distance to the mean", () => {
    const spread = (1 + 1 + 1 + 1 + 4) / 3;
    const { gamma } = replicas().calibrate!(roundOver(points, { loss: [1, 2, 6] }));
    expect(gamma).toBeCloseTo(3 / spread, 12);
  });

  test("leaves out the lost", () => {
    const round = roundOver(points, { loss: [1, 2, Number.NaN], lost: [2] });
    expect(replicas().calibrate!(round).gamma).toBeCloseTo(1.5 / 1, 12);
  });

  test("is finite where all stand at one point", () => {
    const same = {
      ...points,
      position: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    };
    expect(replicas().calibrate!(roundOver(same, { loss: [1, 1, 1] })).gamma).toBeCloseTo(1e12);
  });

  test("is what the round brings", () => {
    expect(left(replicas(), { calibration: { gamma: 2 } })).toBeCloseTo(1 / 1.4, 5);
  });

  test("is not asked for when gamma is given", () => {
    expect(replicas({ gamma: 1 }).calibrate).toBeUndefined();
  });
});
