// The suite that every coupling passes: one row of the table each.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Constant,
  gap,
  meanOf,
  movesOf,
  type Points,
  pointsOf,
  positionsAfter,
  roundOver,
} from "../../../test/support/couplings.js";
import { InputError } from "../../inputError.js";
import { type Move, stay } from "../coupling.js";
import { couplings, getCoupling } from "./index.js";

interface Case {
  readonly settings: object;
  /** The sum of weights is 1: a swarm that is shifted moves as before. Default true. */
  readonly affine?: boolean;
  /** The mean of the positions stays where it is, if all learning rates are equal. */
  readonly keepsMean: boolean;
  /** Who has which number does not matter. */
  readonly symmetric: boolean;
}

const table: Readonly<Record<string, readonly Case[]>> = {
  independent: [{ settings: {}, keepsMean: true, symmetric: true }],
  pso: [
    { settings: {}, keepsMean: false, symmetric: true },
    { settings: { dynamics: 2, neighbours: 2 }, affine: false, keepsMean: false, symmetric: true },
    { settings: { dynamics: "knn", personal: 0.3 }, keepsMean: false, symmetric: true },
    { settings: { dynamics: "gradient", beta: 2 }, keepsMean: false, symmetric: true },
  ],
  gossip: [
    { settings: {}, keepsMean: true, symmetric: false },
    { settings: { mix: "position" }, keepsMean: true, symmetric: false },
    { settings: { topology: "ring", mix: "position" }, keepsMean: true, symmetric: false },
    { settings: { topology: "full", mix: "position" }, keepsMean: true, symmetric: true },
  ],
  "sync-sgd": [{ settings: {}, keepsMean: true, symmetric: true }],
  "local-sgd": [{ settings: {}, keepsMean: true, symmetric: true }],
  replicas: [
    { settings: {}, keepsMean: true, symmetric: true },
    { settings: { gamma: 1, every: 4 }, keepsMean: true, symmetric: true },
  ],
  parle: [{ settings: {}, keepsMean: true, symmetric: true }],
};

const cases = couplings().flatMap(({ name, make }) =>
  table[name].map((row) => ({ title: `${name} ${JSON.stringify(row.settings)}`, make, ...row })),
);

const sameRates = (particles: number) => new Array<number>(particles).fill(0.1);
const equal = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(1e-12);

/** The move of the particle that had number `order[i]` before, told in the new numbers. */
const renamed = (move: Move, order: readonly number[]) =>
  move.map((term) => ({ ...term, particle: order.indexOf(term.particle) }));

const byTerm = (move: Move) =>
  new Map(move.map(({ particle, vector, weight }) => [`${particle} ${vector}`, weight]));

function expectSameMove(a: Move, b: Move): void {
  const [left, right] = [byTerm(a), byTerm(b)];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    expect(Math.abs((left.get(key) ?? 0) - (right.get(key) ?? 0)), key).toBeLessThan(1e-6);
  }
}

describe.each(cases)("$title", ({ make, settings, affine = true, keepsMean, symmetric }) => {
  const coupling = make(settings);

  test("has a name of the registry, a source, and a known rhythm", () => {
    expect(couplings().map(({ name }) => name)).toContain(coupling.name);
    expect(coupling.source).toMatch(/arXiv|doi|comparison/);
    expect(coupling.every === "epoch" || coupling.every >= 1).toBe(true);
  });

  test("a swarm of one stays bit for bit", () => {
    const round = roundOver(pointsOf(1));
    expect(movesOf(coupling, round)[0]).toEqual(stay(0));
  });

  test("the last healthy particle trains on alone", () => {
    const round = roundOver(pointsOf(3), { lost: [0, 2] });
    expect(movesOf(coupling, round)[1]).toEqual(stay(1));
  });

  test("nothing of a lost particle reaches the others", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(99), fc.nat(99), (n, seed, one) => {
        const lost = one % n;
        const round = roundOver(pointsOf(n, { seed }), { lost: [lost], number: seed });
        const others = movesOf(coupling, round).filter((_, particle) => particle !== lost);
        expect(others.flat().filter(({ particle }) => particle === lost)).toEqual([]);
        expect(others.flat().every(({ weight }) => Number.isFinite(weight))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("gives no term twice and none of weight 0", () => {
    for (const move of movesOf(coupling, roundOver(pointsOf(5)))) {
      expect(byTerm(move).size).toBe(move.length);
      expect(move.every(({ weight }) => weight !== 0)).toBe(true);
    }
  });

  test("does the same again in the same round", () => {
    const round = roundOver(pointsOf(6), { number: 3 });
    expect(movesOf(coupling, round)).toEqual(movesOf(coupling, round));
  });

  test.runIf(affine)("weights sum to 1", () => {
    for (const lost of [[], [1]]) {
      const moves = movesOf(coupling, roundOver(pointsOf(5), { lost }));
      for (const move of moves)
        equal(
          move.reduce((sum, { weight }) => sum + weight, 0),
          1,
        );
    }
  });

  test.runIf(keepsMean)("leaves the mean where it is", () => {
    for (const lost of [[], [2]]) {
      const points = pointsOf(5);
      const present = [0, 1, 2, 3, 4].filter((particle) => !lost.includes(particle));
      const round = roundOver(points, { lost, lr: sameRates(5) });
      const after = positionsAfter(coupling, points, round);
      expect(gap(meanOf(after, present), meanOf(points.position, present))).toBeLessThan(1e-6);
    }
  });

  test.runIf(symmetric)("other numbers for the particles give the same moves", () => {
    const order = [3, 0, 4, 1, 2];
    const points = pointsOf(5);
    const shuffle = <T>(list: readonly T[]) => order.map((old) => list[old]);
    const shuffled: Points = {
      position: shuffle(points.position),
      before: shuffle(points.before),
      best: shuffle(points.best),
    };
    const round = roundOver(points);
    const other = roundOver(shuffled, {
      lr: shuffle(round.snapshots.map(({ lr }) => lr)),
      loss: shuffle(round.snapshots.map(({ loss }) => loss!)),
      bestScore: shuffle(round.snapshots.map(({ bestScore }) => bestScore)),
    });
    const drawn = [0.1, 0.9, 0.3, 0.7, 0.5];
    const ask = (of: typeof round, self: number, draw: number) =>
      coupling.move(of, self, new Constant(draw), new Constant(0.5));
    for (const [now, old] of order.entries()) {
      expectSameMove(ask(other, now, drawn[old]), renamed(ask(round, old, drawn[old]), order));
    }
  });

  test("refuses a setting that it does not know", () => {
    expect(() => make({ ...settings, gamma0: 1 })).toThrow(InputError);
  });
});

test("every coupling has rows in the table", () => {
  expect(Object.keys(table).sort()).toEqual(
    couplings()
      .map(({ name }) => name)
      .sort(),
  );
});

test("an unknown coupling is refused with the nearest one", () => {
  expect(() => getCoupling("gosip")).toThrow('unknown coupling "gosip" (did you mean "gossip"?)');
});
