// Order, fronts and volumes by hand, and what several objectives find.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSearch, runSearch } from "./create.js";
import { hypervolume } from "./hypervolume.js";
import { importanceOf } from "./importance.js";
import { bestOf, crowding, dominates, frontsOf, paretoFront, ranked } from "./ranking.js";
import type { Told } from "./search.js";
import { parseSpace } from "./spaceText.js";

const settings = { x: 0 };
const told = (...all: (readonly number[] | undefined)[]): Told[] =>
  all.map((losses) => ({ settings, losses }));

test("trials are in order of their loss, then of their number; failed ones last, running ones nowhere", () => {
  expect(ranked(told([2], [Number.NaN], [1], undefined, [1], [-Infinity]))).toEqual([
    2, 4, 0, 1, 5,
  ]);
  expect(bestOf(told([Number.NaN], undefined))).toBeUndefined();
});

test("of trials that stop early the best is one of those that went furthest", () => {
  const all: Told[] = [
    { settings, until: 1, losses: [0.1] },
    { settings, until: 3, losses: [0.3] },
    { settings, until: 3, losses: [0.2] },
    { settings, until: 9, losses: [Number.NaN] },
  ];
  expect(bestOf(all)).toBe(2);
});

test("of several objectives the fronts come one after the other, the lonely first", () => {
  const points = [
    [1, 5],
    [2, 3],
    [2.1, 2.9],
    [5, 1],
    [6, 6],
    [3, 4],
  ];
  expect(frontsOf(points)).toEqual([[0, 1, 2, 3], [5], [4]]);
  expect([...crowding(points.slice(0, 4))]).toEqual([
    Infinity,
    1.1 / 4 + 2.1 / 4,
    3 / 4 + 2 / 4,
    Infinity,
  ]);
  expect(ranked(told(...points))).toEqual([0, 3, 2, 1, 5, 4]);
  expect(dominates([1, 2], [1, 2])).toBe(false);
});

test("the front counts the last trial of a chain alone", () => {
  const chain: Told[] = [
    { settings, losses: [1, 1], until: 1 },
    { settings, losses: [3, 3], until: 3, from: 0 },
    { settings, losses: [2, 4], until: 3 },
    { settings, losses: [Number.NaN, 0] },
  ];
  expect(paretoFront(chain)).toEqual([1, 2]);
  // What fails or still runs leaves the end where it was.
  const failed = { settings, losses: [Number.NaN, Number.NaN], until: 9, from: 1 };
  expect(paretoFront([...chain, failed, { settings, until: 9, from: 2 }])).toEqual([1, 2]);
  expect(paretoFront(told([2], [1], [1]))).toEqual([1, 2]);
});

describe("hypervolume", () => {
  test("by hand", () => {
    expect(hypervolume([[1]], [3])).toBe(2);
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 1],
        ],
        [3, 3],
      ),
    ).toBe(3);
    expect(hypervolume([[0, 0, 0]], [2, 3, 4])).toBe(24);
    expect(
      hypervolume(
        [
          [0, 0, 1],
          [1, 1, 0],
        ],
        [2, 2, 2],
      ),
    ).toBe(5);
    expect(
      hypervolume(
        [
          [3, 0],
          [4, 4],
        ],
        [3, 3],
      ),
    ).toBe(0);
    expect(hypervolume([], [1, 1])).toBe(0);
    expect(() => hypervolume([[1, 2]], [1])).toThrow(
      "a point has 2 objectives and the reference 1",
    );
  });

  test("is the share of a grid that is dominated, and needs the front alone", () => {
    const losses = fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)), { maxLength: 9 });
    fc.assert(
      fc.property(losses, (points) => {
        let cells = 0;
        for (let cell = 0; cell < 343; cell++) {
          const at = [Math.floor(cell / 49), Math.floor(cell / 7) % 7, cell % 7];
          if (points.some((point) => point.every((loss, axis) => loss <= at[axis]))) cells++;
        }
        expect(hypervolume(points, [7, 7, 7])).toBe(cells);
        const [front = []] = frontsOf(points);
        expect(
          hypervolume(
            front.map((at) => points[at]),
            [7, 7, 7],
          ),
        ).toBe(cells);
      }),
    );
  });
});

test("nsga2 finds a larger front than chance (ZDT1, Zitzler, Deb, Thiele 2000)", async () => {
  const space = parseSpace(Array.from({ length: 8 }, (_, at) => `x${at}=float:0:1`).join(","));
  const volume = async (sampler: string, seed: number) => {
    const all = await runSearch(
      createSearch({ space, sampler, seed, trials: 160 }),
      async (trial) => {
        const [first, ...rest] = Object.values(trial.settings).map(Number);
        const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length;
        return [first, g * (1 - Math.sqrt(first / g))];
      },
    );
    return hypervolume(
      paretoFront(all).map((at) => all[at].losses!),
      [1.1, 7],
    );
  };
  const mean = async (sampler: string) => {
    const all = await Promise.all([1, 2, 3, 4].map((seed) => volume(sampler, seed)));
    return all.reduce((sum, one) => sum + one, 0) / all.length;
  };
  expect(await mean("nsga2")).toBeGreaterThan((await mean("random")) + 0.2);
});

describe("importance", () => {
  const space = parseSpace("a=float:0:1,b=float:0:1,kind=p|q,c=float:0:1?kind=q,mask=bits:3");
  const played = (of: (settings: Record<string, unknown>) => number, trials = 200) =>
    runSearch(createSearch({ space, sampler: "random", trials, seed: 3 }), async (trial) =>
      of(trial.settings),
    );

  test("is that of the parameters that count, and adds up to 1", async () => {
    const only = async (of: (settings: Record<string, unknown>) => number) =>
      importanceOf(space, await played(of));
    for (const [name, of] of [
      ["a", (s: Record<string, unknown>) => (Number(s["a"]) - 0.4) ** 2],
      ["kind", (s: Record<string, unknown>) => (s["kind"] === "p" ? 0 : 1)],
      ["mask", (s: Record<string, unknown>) => -Number(String(s["mask"])[1])],
    ] as const) {
      const shares = await only(of);
      expect(shares[0][0]).toBe(name);
      expect(shares[0][1]).toBeGreaterThan(0.45);
      expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 12);
    }
  });

  test("is told of ten trials at least", async () => {
    const few = await played(() => 0, 9);
    expect(() => importanceOf(space, few)).toThrow(
      "importance: 9 trials ended well; expected 10 at least",
    );
  });
});
