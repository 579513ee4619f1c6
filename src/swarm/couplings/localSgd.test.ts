import { describe, expect, test } from "vitest";
import {
  gap,
  meanOf,
  movesOf,
  pointsOf,
  positionsAfter,
  roundOver,
} from "../../../test/support/couplings.js";
import { stay } from "../coupling.js";
import { localSgd } from "./localSgd.js";

describe("local SGD", () => {
  test("brings all to their mean, with the same bytes", () => {
    const points = pointsOf(7);
    const round = roundOver(points);
    const after = positionsAfter(localSgd(), points, round);
    for (const x of after) expect(x).toEqual(after[0]);
    expect(gap(after[0], meanOf(points.position))).toBeLessThan(1e-6);
  });

  test("leaves out the lost", () => {
    const points = pointsOf(4);
    const after = positionsAfter(localSgd(), points, roundOver(points, { lost: [0, 2] }));
    expect(gap(after[1], meanOf(points.position, [1, 3]))).toBeLessThan(1e-6);
  });

  test("neither inflates nor shrinks a net in thousands of rounds of f32", () => {
    for (const particles of [3, 7, 1000]) {
      const [move] = movesOf(localSgd(), roundOver(pointsOf(particles)));
      const sum = move.reduce((all, { weight }) => all + Math.fround(weight), 0);
      expect(sum).toBe(1);
    }
  });

  test("takes the mean of the optimizer's state too, unless told not to", () => {
    expect(localSgd().movesState).toBe(true);
    expect(localSgd({ state: "own" }).movesState).toBe(false);
  });

  test("exchanges every H steps", () => {
    expect(localSgd().every).toBe(16);
    expect(localSgd({ every: "epoch" }).every).toBe("epoch");
  });
});

describe("post-local SGD", () => {
  const due = (postLocal: number, every: number, total: number) => {
    const coupling = localSgd({ postLocal, every });
    expect(coupling.every).toBe(1);
    return Array.from({ length: total }, (_, number) => {
      const [move] = movesOf(coupling, roundOver(pointsOf(2), { number, total }));
      return move.length > 1 ? number : -1;
    }).filter((number) => number >= 0);
  };

  test("meets at every step first, then every H steps", () => {
    expect(due(0.5, 3, 12)).toEqual([0, 1, 2, 3, 4, 5, 8, 11]);
    expect(due(0.25, 4, 12)).toEqual([0, 1, 2, 6, 10]);
    expect(due(1, 4, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("stays put in the rounds between", () => {
    const round = roundOver(pointsOf(2), { number: 6, total: 12 });
    expect(movesOf(localSgd({ postLocal: 0.5, every: 3 }), round)).toEqual([stay(0), stay(1)]);
  });

  test("by epochs is refused", () => {
    expect(() => localSgd({ postLocal: 0.5, every: "epoch" })).toThrow(
      'postLocal needs a number of steps as every, found "epoch"',
    );
  });
});

/** Weights after steps of momentum SGD with the given gradients, one number each. */
function momentumSteps(gradients: readonly number[]): number[] {
  let [w, velocity] = [1, 0];
  return gradients.map((gradient) => {
    velocity = 0.9 * velocity + gradient;
    w -= 0.1 * velocity;
    return w;
  });
}

test("with a mean at every step, momentum takes the steps of the mean gradient", () => {
  const coupling = localSgd({ every: 1 });
  expect([coupling.every, coupling.movesState]).toEqual([1, true]);
  const gradients = [
    [1, -2, 0.5],
    [0.2, 3, -1],
    [-1, 0.7, 2],
    [0.1, 0.4, 0.9],
  ];
  let w = [[1], [1], [1]];
  let velocity = [[0], [0], [0]];
  const trace = gradients.map((step) => {
    velocity = velocity.map(([v], j) => [0.9 * v + step[j]]);
    w = w.map(([x], j) => [x - 0.1 * velocity[j][0]]);
    const points = { position: w, before: w, best: w };
    const state = { position: velocity, before: velocity, best: velocity };
    const round = roundOver(points);
    w = positionsAfter(coupling, points, round);
    velocity = positionsAfter(coupling, state, round);
    return w[0][0];
  });
  const means = gradients.map((step) => step.reduce((a, b) => a + b) / 3);
  expect(gap(trace, momentumSteps(means))).toBeLessThan(1e-6);
});
