// Trials that stop early, and whose best go on: by hand.

import { expect, test } from "vitest";
import { createSearch, type SearchPlan } from "./create.js";
import { bestOf } from "./ranking.js";
import { levelsOf } from "./rungs.js";
import type { Told, Trial } from "./search.js";
import type { Settings } from "./space.js";

/** Runs a search one trial at a time; losses fall with `until`, and settings keep their order. */
function play(
  plan: Partial<SearchPlan>,
  of = (trial: Trial) => Number(trial.settings["x"]) + 1 / trial.until!,
) {
  const search = createSearch({ space: "x=float:0:1", seed: 1, ...plan });
  const told: Told[] = [];
  for (;;) {
    const next = search.next(told);
    if (next === "done") return told;
    if (next === "wait") throw new Error("nothing runs");
    told.push({ ...next, losses: [of(next)] });
  }
}

const countsOf = (told: readonly Told[], levels: readonly number[]) =>
  levels.map((level) => told.filter(({ until }) => until === level).length);
const resource = { least: 1, most: 27 };

test("levels are powers, and end with the most", () => {
  expect(levelsOf({ least: 1, most: 243 }, 3)).toEqual([1, 3, 9, 27, 81, 243]);
  expect(levelsOf({ least: 5, most: 100 }, 2)).toEqual([5, 10, 20, 40, 100]);
  expect(levelsOf({ least: 4, most: 4 }, 3)).toEqual([4]);
  // Whole units: 2.5 is 3, 6.25 is 6.
  expect(levelsOf({ least: 1, most: 20 }, 2.5)).toEqual([1, 3, 6, 20]);
});

test("asha lets a third go on from rung to rung, each from where it stopped", () => {
  const told = play({ sampler: "asha", trials: 54, resource });
  const levels = [1, 3, 9, 27];
  // More than a third: who was among the best when few were known has gone on.
  const counts = countsOf(told, levels);
  expect(counts[0]).toBe(54);
  for (const [rung, least] of [54, 18, 6, 2].entries()) {
    expect(counts[rung]).toBeGreaterThanOrEqual(least);
    expect(counts[rung]).toBeLessThanOrEqual(1.5 * least);
  }
  for (const { settings, from, until } of told) {
    if (from === undefined) expect(until).toBe(1);
    else {
      expect(told[from].settings).toEqual(settings);
      expect(told[from].until).toBe(levels[levels.indexOf(until!) - 1]);
    }
  }
  // Nobody twice.
  const continued = told.flatMap(({ from }) => from ?? []);
  expect(new Set(continued).size).toBe(continued.length);
  // The best of all settings is the best trial.
  const least = Math.min(...told.map(({ settings }) => Number(settings["x"])));
  expect(told[bestOf(told)!].settings["x"]).toBe(least);
  expect(told[bestOf(told)!].until).toBe(27);
});

test.each(["asha", "hyperband"])(
  "%s ends with one trial in full, however few there are",
  (sampler) => {
    for (const trials of [1, 2, 5]) {
      const told = play({ sampler, trials, resource });
      expect(told[bestOf(told)!].until).toBe(27);
    }
  },
);

test("asha does not wait for a trial that runs, and never lets one on that failed", () => {
  const search = createSearch({ space: "x=float:0:1", sampler: "asha", trials: 9, resource });
  const trial = (x: number, losses?: readonly number[]): Told => ({
    settings: { x },
    until: 1,
    losses,
  });
  expect(
    search.next([trial(0.1), trial(0.3, [3]), trial(0.2, [2]), trial(0.4, [4])]),
  ).toMatchObject({ from: 2, until: 3 });
  const failed = [trial(0.1, [Number.NaN]), trial(0.2, [Number.NaN]), trial(0.3, [Number.NaN])];
  expect(search.next(failed)).toMatchObject({ until: 1 });
  const all = Array.from({ length: 9 }, () => failed[0]);
  expect(search.next(all)).toBe("done");
  expect(search.next([...all.slice(1), trial(0.5)])).toBe("wait");
});

test("hyperband has the brackets of the paper", () => {
  // Table 1 of the paper, for 27: 27 from 1, 12 from 3 (the paper rounds otherwise: 9), 6 from 9, 4 from 27.
  const told = play({ sampler: "hyperband", trials: 27 + 12 + 6 + 4, resource });
  const begun = (level: number) =>
    told.filter(({ from, until }) => from === undefined && until === level).length;
  expect([1, 3, 9, 27].map(begun)).toEqual([27, 12, 6, 4]);
  expect(countsOf(told, [1, 3, 9, 27])).toEqual([27, 9 + 12, 3 + 4 + 6, 1 + 1 + 2 + 4]);
});

test("hyperband waits for a whole rung, and begins the next bracket meanwhile", () => {
  const search = createSearch({ space: "x=float:0:1", sampler: "hyperband", trials: 31, resource });
  const trial = (x: number, until: number, losses?: readonly number[]): Told => ({
    settings: { x },
    until,
    losses,
  });
  const ended = Array.from({ length: 26 }, (_, at) => trial(at / 50, 1, [at]));
  expect(search.next(ended)).toMatchObject({ until: 1 });
  expect(search.next([...ended, trial(0.9, 1)])).toMatchObject({ until: 3 });
  expect(search.next([...ended, trial(0.9, 1, [9])])).toMatchObject({ from: 0, until: 3 });
});

test("proposals of asha may learn from the highest rung that tells enough", () => {
  const best = (proposals: string, seed: number) => {
    const plan = {
      ...{ space: "a=float:0:1,b=float:0:1,c=float:0:1,d=float:0:1", sampler: "asha", seed },
      ...{ trials: 60, resource: { least: 1, most: 9 }, options: { proposals } },
    };
    const told = play(plan, ({ settings, until }) => far(settings) + 1 / until!);
    return far(told[bestOf(told)!].settings);
  };
  const far = (settings: Settings) =>
    Object.values(settings).reduce<number>((sum, x) => sum + (Number(x) - 0.37) ** 2, 0);
  const seeds = Array.from({ length: 10 }, (_, seed) => seed);
  const wins = seeds.filter((seed) => best("tpe", seed) < best("random", seed)).length;
  expect(wins).toBeGreaterThanOrEqual(8);
});

test("a population's worst copy its best and change somewhat; the others go on", () => {
  const told = play({ sampler: "population", trials: 8, resource: { least: 2, most: 7 } });
  expect(countsOf(told, [2, 4, 6, 7])).toEqual([8, 8, 8, 8]);
  const second = told.slice(8, 16);
  const order = [...Array(8).keys()].sort((a, b) => told[a].losses![0] - told[b].losses![0]);
  const [best, worst] = [order.slice(0, 2), order.slice(-2)];
  for (const [member, { from, settings }] of second.entries()) {
    if (worst.includes(member)) {
      expect(best).toContain(from);
      expect(settings).not.toEqual(told[from!].settings);
    } else {
      expect(from).toBe(member);
      expect(settings).toEqual(told[member].settings);
    }
  }
});

test("copies of a population move by a tenth of the range, or are drawn anew", () => {
  const steps = (renewed: number) => {
    const plan = { sampler: "population", trials: 20, resource: { least: 1, most: 2 } };
    const told = play({ ...plan, options: { renewed } });
    const copies = told.slice(20).filter(({ from }, member) => from !== member);
    return copies.map(({ settings, from }) =>
      Math.abs(Number(settings["x"]) - Number(told[from!].settings["x"])),
    );
  };
  // The nearest to an end are cut there.
  expect(Math.max(...steps(0))).toBeCloseTo(0.1, 9);
  expect(Math.max(...steps(1))).toBeGreaterThan(0.3);
});

test("a population waits for a whole step, and replaces who failed", () => {
  const search = createSearch({
    ...{ space: "x=float:0:1", sampler: "population", trials: 4, resource: { least: 1, most: 3 } },
  });
  const told = [0.4, 0.3, 0.2, 0.1].map((x): Told => ({ settings: { x }, until: 1, losses: [x] }));
  expect(search.next([...told.slice(0, 3), { settings: { x: 0.5 }, until: 1 }])).toBe("wait");
  told[1] = { ...told[1], losses: [Number.NaN] };
  told[2] = { ...told[2], losses: [Number.NaN] };
  const first = search.next(told) as Trial;
  expect(first).toMatchObject({ from: 0, settings: { x: 0.4 } });
  const second = search.next([...told, first]) as Trial;
  expect(second.from).toBe(3);
  const lost = told.map((trial) => ({ ...trial, losses: [Number.NaN] }));
  const anew = search.next(lost) as Trial;
  expect(anew).toMatchObject({ until: 2 });
  expect(anew.from).toBeUndefined();
});
