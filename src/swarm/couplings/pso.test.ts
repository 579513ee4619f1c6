import { describe, expect, test } from "vitest";
import {
  applied,
  Constant,
  gap,
  movesOf,
  type Points,
  pointsOf,
  roundOver,
} from "../../../test/support/couplings.js";
import type { Round } from "../coupling.js";
import { stay } from "../coupling.js";
import { type PsoSettings, pso } from "./pso.js";

const points = pointsOf(4);
const round = roundOver(points);
const half = new Constant(0.5);

const moved = (settings: PsoSettings, self: number, of: Round = round, draw = half) =>
  applied(pso(settings).move(of, self, draw, half), points);

/** Distances as given; everything else of the round stays. */
const at = (distances: readonly (readonly number[])[], more: Partial<Round> = {}): Round => ({
  ...round,
  ...more,
  distance: (i, j) => distances[i][j],
});

/** Dynamics as the paper writes them, coordinate by coordinate. */
function byHand(self: number, { adds = false, m = 1, beta = 1, c = 0.5, draw = 0.5 }): number[] {
  const { position, before, best } = points;
  const scores = round.snapshots.map(({ bestScore }) => bestScore!);
  const leader = scores.indexOf(Math.max(...scores));
  const rate = adds ? round.snapshots[self].lr : 0;
  return position[self].map((x, k) => {
    const sum = position.reduce((all, other, j) => {
      if (j === self) return all;
      const g = m / (1 + round.distance(self, j)) ** beta;
      return all + g * (other[k] - before[j][k] + rate * other[k]);
    }, 0);
    return x + sum + c * draw * (best[leader][k] - x);
  });
}

describe("dynamics", () => {
  test.each([0, 1, 2, 3])("1 and 2 of particle %i are those of the paper", (self) => {
    expect(gap(moved({ m: 1 }, self), byHand(self, {}))).toBeLessThan(1e-12);
    const settings = { dynamics: 2, m: 3, beta: 0.5, c: 1.7 } as const;
    const expected = byHand(self, { adds: true, m: 3, beta: 0.5, c: 1.7 });
    expect(gap(moved(settings, self), expected)).toBeLessThan(1e-12);
  });

  test("without any pull every particle stays", () => {
    for (const dynamics of [1, 2, "knn", "gradient"] as const) {
      const moves = movesOf(pso({ dynamics, m: 0, c: 0 }), round);
      expect(moves).toEqual([stay(0), stay(1), stay(2), stay(3)]);
    }
  });

  test("a full pull leads to the best point exactly", () => {
    const move = pso({ m: 0, c: 1 }).move(round, 0, new Constant(1), half);
    expect(move).toEqual([{ particle: 1, vector: "best", weight: 1 }]);
  });

  test("2 without a learning rate is 1", () => {
    const resting = roundOver(points, { lr: [0, 0, 0, 0] });
    expect(movesOf(pso({ dynamics: 2 }), resting)).toEqual(movesOf(pso({ dynamics: 1 }), resting));
  });

  test("knn is 1 without displacements, gradient is 1 without the pull", () => {
    expect(movesOf(pso({ dynamics: "knn" }), round)).toEqual(movesOf(pso({ m: 0 }), round));
    expect(movesOf(pso({ dynamics: "gradient" }), round)).toEqual(movesOf(pso({ c: 0 }), round));
  });

  test("the personal pull leads to the own best point", () => {
    const move = pso({ m: 0, c: 0, personal: 1 }).move(round, 2, new Constant(1), half);
    expect(move).toEqual([{ particle: 2, vector: "best", weight: 1 }]);
  });

  test("each particle draws one number a round for all coordinates, its own", () => {
    const weights = movesOf(pso({ m: 0, c: 1 }), round).map((move) => move[1].weight);
    expect(new Set(weights).size).toBe(4);
    const next = movesOf(pso({ m: 0, c: 1 }), roundOver(points, { number: 1 }));
    expect(next.map((move) => move[1].weight)).not.toEqual(weights);
  });
});

describe("the matrix m", () => {
  test("is one number, one a receiver, or a row a receiver", () => {
    const rows = [1, 2, 3, 4].map((value) => [value, value, value, value]);
    expect(movesOf(pso({ m: [1, 2, 3, 4] }), round)).toEqual(movesOf(pso({ m: rows }), round));
    expect(movesOf(pso({ m: [2, 2, 2, 2] }), round)).toEqual(movesOf(pso({ m: 2 }), round));
  });

  test("lets a receiver follow one neighbour and not another", () => {
    const only = [
      [0, 0, 1, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ];
    const [first, second] = movesOf(pso({ m: only, c: 0 }), round);
    expect(first.map(({ particle }) => particle)).toEqual([0, 2, 2]);
    expect(second).toEqual(stay(1));
  });

  test("of another size is refused", () => {
    expect(() => pso({ m: [1, 2, 3] }).check!(4)).toThrow(
      "pso: m has 3 numbers, but the swarm has 4 particles",
    );
    const ragged = [[1, 1], [1]];
    expect(() => pso({ m: ragged }).check!(2)).toThrow(
      "pso: row 1 of m has 1 numbers, but the swarm has 2 particles",
    );
    expect(() => pso({ m: [1, 2, 3, 4] }).check!(4)).not.toThrow();
  });
});

describe("the neighbourhood", () => {
  const line = [
    [0, 1, 2, 3],
    [1, 0, 1, 2],
    [2, 1, 0, 1],
    [3, 2, 1, 0],
  ];
  const followed = (self: number, of: Round, neighbours: number) => {
    const move = pso({ dynamics: "gradient", neighbours }).move(of, self, half, half);
    return [...new Set(move.map(({ particle }) => particle))].sort();
  };

  test("is the closest, itself included; of equally far ones the lowest number", () => {
    expect(followed(0, at(line), 2)).toEqual([0, 1]);
    expect(followed(2, at(line), 2)).toEqual([1, 2]);
    expect(followed(3, at(line), 3)).toEqual([1, 2, 3]);
    expect(followed(3, at(line), 1)).toEqual([3]);
  });

  test("holds the particle itself even where another one stands at the same point", () => {
    const same = line.map((row) => row.map(() => 0));
    expect(followed(3, at(same), 2)).toEqual([0, 3]);
  });

  test("leaves out those whose distance is not a number, wherever they are sorted", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const broken = line.map((row, i) =>
        row.map((d, j) => (i !== j && (i === 1 || j === 1) ? bad : d)),
      );
      expect(followed(0, at(broken), 3)).toEqual([0, 2, 3]);
    }
  });

  test("larger than the swarm is refused", () => {
    expect(() => pso({ neighbours: 5 }).check!(4)).toThrow(
      "pso: neighbours is 5, but the swarm has 4 particles; give at most 4",
    );
    expect(() => pso({ neighbours: 4 }).check!(4)).not.toThrow();
  });

  test("chooses the best remembered score; of equal ones the lowest number", () => {
    const leader = (bestScore: (number | undefined)[], self: number) =>
      pso({ dynamics: "knn" })
        .move(roundOver(points, { bestScore }), self, half, half)
        .filter(({ vector }) => vector === "best")
        .map(({ particle }) => particle);
    expect(leader([0.1, 0.9, 0.9, 0.2], 3)).toEqual([1]);
    expect(leader([0.9, 0.1, 0.9, 0.9], 2)).toEqual([0]);
    expect(leader([undefined, 0.1, undefined, undefined], 0)).toEqual([1]);
    expect(leader([undefined, undefined, undefined, undefined], 2)).toEqual([]);
  });
});

describe("a particle that is behind", () => {
  const behind = [0, 3, 0, 1];

  test("is nobody's neighbour, and is moved by those that are not", () => {
    const dynamics = pso({ dynamics: "gradient" });
    const followed = (self: number) => {
      const move = dynamics.move({ ...round, behind }, self, half, half);
      return [...new Set(move.map(({ particle }) => particle))].sort();
    };
    expect([0, 1, 2, 3].map(followed)).toEqual([
      [0, 2],
      [0, 1, 2],
      [0, 2],
      [0, 2, 3],
    ]);
  });

  const rescued = (settings: PsoSettings, more: Partial<Round> = {}) =>
    [0, 1, 2, 3].filter((self) => pso(settings).rescues?.({ ...round, behind, ...more }, self));

  test("takes the best one's place after two epochs, or as many as are set", () => {
    expect(rescued({})).toEqual([1]);
    expect(rescued({ rescue: 1 })).toEqual([1, 3]);
    expect(rescued({ rescue: 4 })).toEqual([]);
    expect(rescued({ rescue: 0 })).toEqual([]);
  });

  test("does so at the end of the run at once", () => {
    expect(rescued({ rescue: 4 }, { last: true })).toEqual([1, 3]);
    expect(rescued({ rescue: 0 }, { last: true })).toEqual([]);
  });

  test("is left alone while the swarm warms up, and where nothing couples it", () => {
    expect(rescued({ warmup: 1 })).toEqual([]);
    expect(rescued({ m: 0, c: 0 })).toEqual([]);
    expect(rescued({ m: [[0]], c: 0 })).toEqual([]);
    expect(rescued({ m: 0, c: 0.1 })).toEqual([1]);
  });
});

test("rms distances are those of l2 over the root of the size", () => {
  const small: Points = pointsOf(4, { length: 1 });
  const rms = movesOf(pso({ distance: "rms" }), { ...roundOver(small), rootSize: 10 });
  const scaled = { ...roundOver(small), distance: roundOver(small).distance };
  const by10 = { ...scaled, distance: (i: number, j: number) => scaled.distance(i, j) / 10 };
  expect(rms).toEqual(movesOf(pso(), by10));
});

test("warm-up rounds are plain training", () => {
  const coupling = pso({ warmup: 2 });
  const moves = [0, 1, 2].map((number) =>
    coupling.move(roundOver(points, { number }), 0, half, half),
  );
  expect(moves.slice(0, 2)).toEqual([stay(0), stay(0)]);
  expect(moves[2]).not.toEqual(stay(0));
});

test("moves are limited to a fifth of the norm", () => {
  expect(pso().limit).toBe(0.2);
  expect(pso({ limit: 1 }).limit).toBe(1);
});

test("settings that cannot be are refused by name", () => {
  expect(() => pso({ neighbors: 3 } as PsoSettings)).toThrow(
    'pso: unknown setting "neighbors" (did you mean "neighbours"?)',
  );
  expect(() => pso({ quux: 3 } as PsoSettings)).toThrow(
    /^pso: unknown setting "quux"; known: dynamics, .*rescue$/,
  );
  expect(() => pso({ beta: -1 })).toThrow("pso: setting beta is -1");
});
