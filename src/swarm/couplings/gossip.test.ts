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
import { Random } from "../../tensor/philox.js";
import { type Coupling, stay } from "../coupling.js";
import { type GossipSettings, gossip } from "./gossip.js";
import { localSgd } from "./localSgd.js";

const identity = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0)));

test("mixes with nobody where the matrix is the identity", () => {
  const round = roundOver(pointsOf(4));
  for (const mix of ["before", "position"] as const) {
    const moves = movesOf(gossip({ topology: { matrix: identity }, mix }), round);
    expect(moves).toEqual([stay(0), stay(1), stay(2), stay(3)]);
  }
});

test("mixes first, then subtracts the own steps", () => {
  const points = pointsOf(4);
  const after = positionsAfter(gossip({ topology: "full" }), points, roundOver(points));
  const mean = meanOf(points.before);
  for (const [j, w] of after.entries()) {
    const steps = points.position[j].map((x, at) => x - points.before[j][at]);
    expect(
      gap(
        w,
        mean.map((x, at) => x + steps[at]),
      ),
    ).toBeLessThan(1e-6);
  }
});

test("in full and the other way round it is local SGD", () => {
  const points = pointsOf(5);
  const round = roundOver(points, { lost: [3] });
  const full = gossip({ topology: "full", mix: "position", every: 16 });
  const [mixed, local] = [full, localSgd()].map((each) => positionsAfter(each, points, round));
  for (const j of [0, 1, 2, 4]) expect(gap(mixed[j], local[j])).toBeLessThan(1e-6);
});

test("without steps the spread shrinks by the squared eigenvalue of the ring", () => {
  const n = 6;
  let { position } = pointsOf(n);
  const wave = Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n)]);
  const spread = (points: readonly (readonly number[])[]) => {
    const mean = meanOf(points);
    return points.reduce((sum, x) => sum + x.reduce((s, v, at) => s + (v - mean[at]) ** 2, 0), 0);
  };
  const eigenvalue = 1 / 3 + (2 / 3) * Math.cos((2 * Math.PI) / n);
  const mixedOnce = (points: readonly (readonly number[])[]) => {
    const still: Points = { position: points, before: points, best: points };
    return positionsAfter(gossip({ topology: "ring" }), still, roundOver(still));
  };
  expect(spread(mixedOnce(wave)) / spread(wave)).toBeCloseTo(eigenvalue ** 2, 6);
  for (let step = 0; step < 5; step++) {
    const next = mixedOnce(position);
    expect(spread(next)).toBeLessThanOrEqual(eigenvalue ** 2 * spread(position) * (1 + 1e-6));
    position = next;
  }
});

/** Learners on quadratics `(x - a)' H (x - a) / 2` with one Hessian H, each with its own noisy a. */
function descend(coupling: Coupling, lr: number, steps: number): number[][] {
  const n = 5;
  const hessian = [0.3, 1, 2.5];
  const random = new Random({ seed: 7, purpose: "split" });
  let position = Array.from({ length: n }, () => [1, -2, 3]);
  return Array.from({ length: steps }, (_, number) => {
    const before = position;
    position = before.map((x) => x.map((v, at) => v - lr * hessian[at] * (v - random.normal())));
    const points: Points = { position, before, best: before };
    position = positionsAfter(coupling, points, roundOver(points, { number, total: steps }));
    return meanOf(position);
  });
}

describe("negative control: on quadratics with a common Hessian", () => {
  const topologies: readonly GossipSettings[] = [
    { topology: "matching" },
    { topology: "ring" },
    { topology: "full" },
    { topology: "ring", mix: "position" },
    {
      topology: {
        edges: [
          [0, 1],
          [1, 2],
          [2, 3],
          [3, 4],
        ],
      },
    },
  ];
  test.each(topologies)("the mean of %j follows synchronous SGD", (settings) => {
    for (const lr of [0.1, 0.5]) {
      const gossiped = descend(gossip(settings), lr, 60);
      const synchronous = descend(localSgd({ every: 1 }), lr, 60);
      for (const [step, mean] of gossiped.entries()) {
        expect(gap(mean, synchronous[step])).toBeLessThan(1e-6);
      }
    }
  });

  test("both diverge beyond twice the inverse of the largest curvature", () => {
    for (const coupling of [gossip(), localSgd({ every: 1 })]) {
      const size = (lr: number) => Math.hypot(...descend(coupling, lr, 60).at(-1)!);
      expect(size(0.9)).toBeGreaterThan(100);
      expect(size(0.7)).toBeLessThan(10);
    }
  });
});
