// What holds for every sampler, and each one's own rules by hand.

import { describe, expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { createSearch, runSearch, type SearchPlan } from "./create.js";
import { bestOf } from "./ranking.js";
import { samplers } from "./samplers/index.js";
import type { Next, Told, Trial } from "./search.js";
import { checkSettings, type Settings } from "./space.js";
import { parseSpace } from "./spaceText.js";

const SPACE = parseSpace(
  "x=float:0:1,lr=log:1e-4:0.3,width=logint:8:512,depth=int:1:3,optimizer=sgd|adam," +
    "momentum=float:0:0.99?optimizer=sgd,mask=bits:4",
);

/** Best at x = 0.3, lr = 0.01, sgd with momentum 0.9, mask 1010. */
function loss(settings: Settings): number {
  const momentum =
    settings["momentum"] === undefined ? 0.5 : (Number(settings["momentum"]) - 0.9) ** 2;
  const bits = [...String(settings["mask"])].filter(
    (bit, at) => Number(bit) !== (at + 1) % 2,
  ).length;
  const rate = Math.log10(Number(settings["lr"])) + 2;
  return (Number(settings["x"]) - 0.3) ** 2 + 0.1 * rate ** 2 + momentum + 0.1 * bits;
}

const planOf = (sampler: string, seed = 1): SearchPlan => {
  const stages = samplers.find(({ name }) => name === sampler)!.stages;
  return {
    space: SPACE,
    sampler,
    seed,
    trials: 40,
    ...(stages && { resource: { least: 1, most: 9 } }),
  };
};

/** Runs a search with so many trials at once, of which `order` says which ends first; all steps are kept. */
function play(
  plan: SearchPlan,
  of: (trial: Trial, number: number) => readonly number[],
  {
    workers = 1,
    order = () => 0,
    most = 60,
  }: { workers?: number; order?: (running: readonly number[]) => number; most?: number } = {},
) {
  const search = createSearch(plan);
  const told: Told[] = [];
  const steps: { told: readonly Told[]; next: Next }[] = [];
  const running: number[] = [];
  for (;;) {
    const next = running.length < workers && told.length < most ? search.next(told) : "wait";
    if (running.length < workers && told.length < most) steps.push({ told: [...told], next });
    if (typeof next === "object") {
      running.push(told.length);
      told.push(next);
    } else if (running.length === 0) return { told, steps, last: next };
    else {
      const [ended] = running.splice(order(running), 1);
      told[ended] = { ...told[ended], losses: of(told[ended], ended) };
    }
  }
}

const single = ({ settings }: Trial) => [loss(settings)];
const settingsOf = (told: readonly Told[]) => told.map(({ losses, ...trial }) => trial);

describe.each(samplers.map(({ name }) => name))("%s", (name) => {
  test("proposes settings of the space only, without parameters that do not exist there", () => {
    const { told } = play(planOf(name), single);
    expect(told.length).toBeGreaterThan(20);
    for (const [at, { settings }] of told.entries()) checkSettings(SPACE, settings, `trial ${at}`);
    const kinds = new Set(told.map(({ settings }) => settings["optimizer"]));
    // A grid has not come as far.
    if (name !== "grid") expect(kinds.size).toBe(2);
  });

  test("is a pure function of seed and what it was told", () => {
    const { told, steps } = play(planOf(name), single, {
      workers: 3,
      order: (running) => running.length - 1,
    });
    const again = createSearch(planOf(name));
    // From any moment on, as after a kill, and backwards, so that nothing can be remembered.
    for (const { told: so, next } of steps.toReversed()) expect(again.next(so)).toEqual(next);
    expect(
      settingsOf(
        play(planOf(name), single, { workers: 3, order: (running) => running.length - 1 }).told,
      ),
    ).toEqual(settingsOf(told));
    if (name !== "grid") {
      expect(settingsOf(play(planOf(name, 2), single).told)).not.toEqual(
        settingsOf(play(planOf(name), single).told),
      );
    }
  });

  test("sees the order of losses alone", () => {
    const rising = ({ settings }: Trial) => [Math.exp(5 * loss(settings)) - 7];
    expect(settingsOf(play(planOf(name), rising).told)).toEqual(
      settingsOf(play(planOf(name), single).told),
    );
  });

  test("survives trials that fail, NaN and infinite ones, and all of them", () => {
    const some = (trial: Trial, number: number) =>
      number % 3 === 0
        ? [[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][(number % 9) / 3]]
        : single(trial);
    const { told } = play(planOf(name), some);
    expect(told.length).toBeGreaterThan(20);
    expect(bestOf(told)! % 3).not.toBe(0);
    const none = play(planOf(name), () => [Number.NaN]);
    for (const [at, { settings }] of none.told.entries())
      checkSettings(SPACE, settings, `trial ${at}`);
    expect(bestOf(none.told)).toBeUndefined();
  });

  test("begins no more trials than it may, and ends", () => {
    const plan = { ...planOf(name), trials: 7 };
    const { told, last } = play(plan, single, { workers: 2, most: 99 });
    expect(last).toBe("done");
    expect(told.filter(({ from }) => from === undefined)).toHaveLength(7);
    expect(told.every(({ losses }) => losses !== undefined)).toBe(true);
  });

  test("goes on from trials that others chose", () => {
    const random = play(planOf("random", 9), single, { most: 25 }).told;
    const until = samplers.find((one) => one.name === name)!.stages ? { until: 1 } : {};
    const told = random.map((trial) => ({ ...trial, ...until }));
    const next = createSearch(planOf(name)).next(told);
    expect(typeof next).toBe("object");
    checkSettings(SPACE, (next as Trial).settings, "next");
  });

  test("takes several objectives", () => {
    const two = ({ settings }: Trial) => [loss(settings), Number(settings["width"])];
    expect(play(planOf(name), two).told.length).toBeGreaterThan(20);
  });

  test("manages one parameter, and one of a single value", () => {
    for (const space of ["x=float:0:1", "a=only", "a=only,b=bits:1"]) {
      const { told } = play({ ...planOf(name), space }, () => [1], { most: 30 });
      expect(told.length).toBeGreaterThan(0);
    }
  });
});

test("the order in which parallel trials end changes nothing where generations or rungs are complete", () => {
  const first = { workers: 4, order: () => 0 };
  const last = { workers: 4, order: (running: readonly number[]) => running.length - 1 };
  for (const name of ["cmaes", "swarm", "nsga2", "population"]) {
    const [a, b] = [first, last].map((how) => settingsOf(play(planOf(name), single, how).told));
    expect(a, name).toEqual(b);
  }
});

test("what learns finds better settings than chance, by seed", () => {
  const best = (name: string, seed: number) => {
    const { told } = play({ ...planOf(name, seed), trials: 80 }, single, { most: 80 });
    return told[bestOf(told)!].losses![0];
  };
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const random = seeds.map((seed) => best("random", seed));
  for (const name of ["tpe", "evolution", "cmaes", "swarm", "nsga2"]) {
    const gains = seeds.map((seed) => random[seed] - best(name, seed));
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / 20;
    const spread = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / 19);
    // The lower end of Student's 95 % interval.
    expect(mean - (2.093 * spread) / Math.sqrt(20), name).toBeGreaterThan(0);
  }
});

describe("plans are checked", () => {
  const make = (plan: Partial<SearchPlan>) => () => createSearch({ space: "x=float:0:1", ...plan });
  test.each<[Partial<SearchPlan>, string]>([
    [{ sampler: "tpa" }, 'unknown sampler "tpa" (did you mean "tpe"?)'],
    [{ options: { startups: 3 } }, 'tpe: unknown setting "startups" (did you mean'],
    [{ options: { gamma: 1 } }, "tpe: setting gamma is 1: expected less than 1"],
    [{ trials: 0 }, "search: trials is 0; expected a whole number from 1 on"],
    [{ seed: -1 }, "search: seed is -1; expected a whole number from 0 on"],
    [{ sampler: "asha" }, "search: asha stops trials early; it needs a resource"],
    [{ resource: { least: 1, most: 9 } }, "search: tpe stops no trial early"],
    [{ sampler: "asha", resource: { least: 9, most: 3 } }, "the resource reaches from 9 to 3"],
    [{ space: "" }, "space: there is no parameter"],
    [
      { trails: 3 } as Partial<SearchPlan>,
      'unknown setting of a search "trails" (did you mean "trials"?)',
    ],
  ])("%j", (plan, message) => {
    expect(make(plan)).toThrow(message);
  });

  test("and so is what a search is told", () => {
    const search = make({})();
    const settings = { x: 0.5 };
    expect(() => search.next([{ settings: { x: 2 } }])).toThrow("trial 0: x is 2");
    expect(() => search.next([{ settings, from: 0 }])).toThrow("trial 0: continues trial 0");
    const mixed = [
      { settings, losses: [1] },
      { settings, losses: [1, 2] },
    ];
    expect(() => search.next(mixed)).toThrow("trial 1: has 2 losses; expected 1");
    expect(() => search.next([{ settings, losses: [] }])).toThrow(
      "trial 0: has 0 losses; expected one at least",
    );
    const population = make({ sampler: "population", resource: { least: 1, most: 2 } })();
    expect(() => population.next([])).toThrow("population: trials are its members; say how many");
  });
});

test("a grid has every combination once, the last parameter quickest", () => {
  const { told, last } = play(
    { space: "a=x|y,b=float:0:1?a=x,c=int:1:2,m=bits:2", sampler: "grid", options: { points: 3 } },
    () => [0],
  );
  expect(last).toBe("done");
  // x: 3 values of b, 2 of c, 4 masks; y: no b.
  expect(told).toHaveLength(3 * 2 * 4 + 2 * 4);
  expect(new Set(told.map(({ settings }) => JSON.stringify(settings))).size).toBe(32);
  expect(told.slice(0, 5).map(({ settings }) => settings)).toEqual([
    { a: "x", b: 0, c: 1, m: "00" },
    { a: "x", b: 0, c: 1, m: "01" },
    { a: "x", b: 0, c: 1, m: "10" },
    { a: "x", b: 0, c: 1, m: "11" },
    { a: "x", b: 0, c: 2, m: "00" },
  ]);
  const ends = new Set(told.map(({ settings }) => settings["b"]));
  expect([...ends]).toEqual([0, 0.5, 1, undefined]);
});

test("halton points lie in every interval as often, which random ones do not", () => {
  const counts = (sampler: string, name: string, cells: number) => {
    const { told } = play({ space: "x=float:0:1,y=float:0:1", sampler, seed: 4 }, () => [0], {
      most: 48,
    });
    const found = Array<number>(cells).fill(0);
    for (const { settings } of told) found[Math.floor(Number(settings[name]) * cells)]++;
    return found;
  };
  expect(counts("halton", "x", 16)).toEqual(Array(16).fill(3));
  expect(
    Math.max(...counts("halton", "y", 9)) - Math.min(...counts("halton", "y", 9)),
  ).toBeLessThanOrEqual(1);
  expect(Math.max(...counts("random", "x", 16))).toBeGreaterThan(4);
});

test("tpe: trials that run count as tried", () => {
  const random = new Random({ seed: 3, purpose: "search" });
  const told = Array.from({ length: 20 }, (): Told => {
    const x = random.uniform();
    return { settings: { x }, losses: [(x - 0.5) ** 2] };
  });
  const search = createSearch({ space: "x=float:0:1", seed: 5 });
  const first = search.next(told) as Trial;
  const many: Told[] = Array.from({ length: 20 }, () => first);
  const beside = createSearch({ space: "x=float:0:1", seed: 5 }).next([...told, ...many]) as Trial;
  const x = ({ settings }: Trial) => Number(settings["x"]);
  expect(Math.abs(x(first) - 0.5)).toBeLessThan(0.2);
  expect(Math.abs(x(beside) - x(first))).toBeGreaterThan(0.01);
});

test("cma-es goes down a long valley that is turned", () => {
  const valley = ({ settings }: Trial) => {
    const [a, b] = [Number(settings["a"]) - 0.7, Number(settings["b"]) - 0.6];
    return [(a - b) ** 2 + 0.0001 * (a + b) ** 2];
  };
  const plan = { space: "a=float:0:1,b=float:0:1", sampler: "cmaes", seed: 2 };
  const { told } = play(plan, valley, { most: 240 });
  expect(told[bestOf(told)!].losses![0]).toBeLessThan(1e-6);
});

test("evolution changes one thing of a parent that lives", () => {
  const { told } = play(planOf("evolution"), single);
  for (const [at, { settings }] of told.entries()) {
    if (at < 20) continue;
    const alive = told.slice(at - 20, at);
    const least = Math.min(
      ...alive.map(
        (one) => SPACE.filter(({ name }) => one.settings[name] !== settings[name]).length,
      ),
    );
    // Momentum comes and goes with the optimizer.
    expect(least).toBeLessThanOrEqual(2);
    expect(least).toBeGreaterThan(0);
  }
});

describe("parents", () => {
  const seeds = Array.from({ length: 80 }, (_, seed) => seed);
  const random = new Random({ seed: 3, purpose: "search" });
  const masks = Array.from({ length: 10 }, () =>
    Array.from({ length: 30 }, () => random.integer(2)).join(""),
  );
  const told = masks.map((mask, at): Told => ({ settings: { mask }, losses: [at] }));
  /** The places of the parents of a child by each seed: all but one of 30 bits are theirs. */
  const placesOf = (sampler: string, options: SearchPlan["options"]) =>
    seeds.map((seed) => {
      const search = createSearch({ space: "mask=bits:30", sampler, seed, options });
      const { settings } = search.next(told) as Trial;
      const child = String(settings["mask"]);
      return masks.findIndex(
        (mask) => [...mask].filter((bit, at) => bit !== child[at]).length === 1,
      );
    });

  test("of evolution are the best of a sample", () => {
    expect(new Set(placesOf("evolution", { population: 10, sample: 10 }))).toEqual(new Set([0]));
    const places = new Set(placesOf("evolution", { population: 10, sample: 8 }));
    expect([...places].sort()).toEqual([0, 1, 2]);
  });

  test("of nsga2 are the better ones of two", () => {
    const places = placesOf("nsga2", { population: 10, crossover: 0 });
    expect(places).not.toContain(-1);
    // Three of four are in the better half.
    const better = places.filter((place) => place < 5).length;
    expect(Math.abs(better / 80 - 0.75)).toBeLessThan(0.15);
  });
});

test("a particle stops at a wall, and is pulled away from it", () => {
  // The leader is near the wall; whoever flies past it is pulled back by a step at most as long.
  const told = [0.01, 0.99].map((x, at): Told => ({ settings: { x }, losses: [1 - at] }));
  const options = { particles: 2, inertia: 1, own: 0, all: 2 };
  let stopped = 0;
  for (let seed = 0; seed < 20; seed++) {
    const search = createSearch({ space: "x=float:0:1", sampler: "swarm", seed, options });
    const there = search.next(told) as Trial;
    if (there.settings["x"] !== 1) continue;
    const generation: Told[] = [there, told[1]].map((trial) => ({ ...trial, losses: [2] }));
    const next = search.next([...told, ...generation]) as Trial;
    expect(Number(next.settings["x"])).toBeGreaterThan(0.97);
    expect(Number(next.settings["x"])).toBeLessThan(1);
    stopped++;
  }
  expect(stopped).toBeGreaterThan(5);
});

test("a grid has all whole numbers of a range of no more than its points", () => {
  const { told } = play({ space: "n=logint:1:5", sampler: "grid", options: { points: 5 } }, () => [
    0,
  ]);
  expect(told.map(({ settings }) => settings["n"])).toEqual([1, 2, 3, 4, 5]);
});

test("a search waits for its last trials", () => {
  const search = createSearch({ space: "x=float:0:1", trials: 2 });
  const settings = { x: 0.5 };
  expect(search.next([{ settings, losses: [1] }, { settings }])).toBe("wait");
});

test("what throws ends a run, and a run goes on from what is known", async () => {
  const search = createSearch({ space: "x=float:0:1", sampler: "random", trials: 12, seed: 1 });
  const evaluate = async ({ settings }: Trial) => Number(settings["x"]);
  const whole = await runSearch(search, evaluate, { workers: 3 });
  expect(whole).toHaveLength(12);
  const seen: (readonly Told[])[] = [];
  const failing = async (trial: Trial, number: number) => {
    if (number === 5) throw new Error("stop");
    return evaluate(trial);
  };
  await expect(
    runSearch(search, failing, { onTold: (told) => void seen.push([...told]) }),
  ).rejects.toThrow("stop");
  // Trial 5 still ran when it was killed.
  expect(seen.at(-1)).toHaveLength(6);
  expect(await runSearch(search, evaluate, { told: seen.at(-1) })).toEqual(whole);
});
