// What holds for every selector, and each one's own rules by hand.

import { describe, expect, test } from "vitest";
import { iris, species } from "../../test/support/iris.js";
import { matrixOf, standardise } from "../estimators/index.js";
import { Random, type RandomKey } from "../tensor/philox.js";
import { altruismOrders, give, inertia, move } from "./aapso.js";
import { move as moveBinary } from "./bpso.js";
import { Fitness } from "./fitness.js";
import { partAt, stratifiedFolds } from "./folds.js";
import { getSelector, type Labelled, type SelectorOptions, selectors } from "./index.js";
import { mutualInformation } from "./mutualInformation.js";
import { columnsOf, maskOf, randomMask, selectorOptions } from "./selector.js";

const key = (seed: number): RandomKey => ({ seed, purpose: "search" });

/** Two classes, told by column 2 of so many; all others are noise. */
function planted(rows: number, columns: number, seed: number): Labelled {
  const random = new Random({ seed, purpose: "noise" });
  const classes = Int32Array.from({ length: rows }, (_, at) => at % 2);
  const data = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, at) =>
      at === 2 % columns ? 4 * classes[row] + random.normal() / 4 : 2 * random.normal(),
    ),
  );
  return { features: matrixOf(data), classes };
}

function search(name: string, limit: number, options: SelectorOptions = {}, seed = 1, columns = 8) {
  const selector = getSelector(name);
  const train = planted(40, columns, 1);
  const fitness = new Fitness(train, planted(24, columns, 2), { limit });
  const all = selectorOptions(selector, options);
  selector.search({ train, fitness, population: 6 }, all, key(seed));
  return fitness;
}

const searches = ["aapso", "bpso", "genetic", "random"];

describe.each(selectors.map(({ name }) => name))("%s", (name) => {
  test("is a pure function of its seed", () => {
    const [a, b] = [search(name, 60), search(name, 60)];
    expect(a.curve).toEqual(b.curve);
    expect(a.best).toEqual(b.best);
  });

  test("asks no more often than it may; searches exactly as often", () => {
    for (const limit of [1, 5, 60, 61]) {
      const fitness = search(name, limit);
      expect(fitness.asked).toBeLessThanOrEqual(limit);
      expect(fitness.asked).toBeGreaterThanOrEqual(1);
      if (searches.includes(name)) expect(fitness.asked).toBe(limit);
    }
  });

  test.skipIf(name === "none")("finds the column that tells the classes", () => {
    const { best } = search(name, 120);
    expect(best!.mask[2]).toBe(1);
    expect(best!.accuracy).toBeGreaterThan(0.9);
  });

  test("manages with one column, two, and more than there are samples", () => {
    for (const columns of [1, 2, 90]) {
      const { best } = search(name, 30, {}, 1, columns);
      expect(best!.mask).toHaveLength(columns);
    }
  });

  test("refuses options that there are not", () => {
    const selector = getSelector(name);
    expect(() => selectorOptions(selector, { pull: 1 })).toThrow(`${name}: unknown option "pull"`);
  });
});

test("searches differ by seed", () => {
  for (const name of searches) {
    expect(search(name, 60, {}, 1).curve).not.toEqual(search(name, 60, {}, 2).curve);
  }
});

describe("of 60 bits, each of which counts for itself", () => {
  const columns = 60;
  /** The share of the bits that are as hidden ones, the best subset so far, and a limit. */
  function matching(limit: number): Fitness {
    const hidden = new Random(key(9));
    const wanted = Uint8Array.from({ length: columns }, () => hidden.integer(2));
    let left = limit;
    let best = { mask: new Uint8Array(columns), fitness: Number.NEGATIVE_INFINITY };
    const fitness = {
      columns,
      get left() {
        return left;
      },
      get best() {
        return best;
      },
      of(mask: Uint8Array) {
        if (left === 0) return Number.NEGATIVE_INFINITY;
        left--;
        const found = mask.filter((bit, at) => bit === wanted[at]).length / columns;
        if (found > best.fitness) best = { mask: mask.slice(), fitness: found };
        return found;
      },
    };
    return fitness as unknown as Fitness;
  }

  const reached = (name: string, options: SelectorOptions = {}) => {
    const found = [1, 2, 3, 4].map((seed) => {
      const fitness = matching(1200);
      const all = selectorOptions(getSelector(name), options);
      const train = { features: matrixOf([]), classes: new Int32Array() };
      getSelector(name).search({ train, fitness, population: 30 }, all, key(seed));
      return fitness.best!.fitness;
    });
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  };

  test("swarms and genes learn from what they are told", () => {
    const random = reached("random");
    expect(random).toBeLessThan(0.72);
    expect(reached("bpso")).toBeGreaterThan(0.96);
    expect(reached("genetic")).toBeGreaterThan(0.96);
    expect(reached("genetic", { mutations: 0 })).toBeLessThan(0.95);
    // As published, nothing lets the velocities of AAPSO grow: its bits stay uncertain.
    expect(reached("aapso")).toBeGreaterThan(random + 0.04);
  });
});

test("options are checked by their kind", () => {
  expect(() => selectorOptions(getSelector("aapso"), { altruismOrder: "best" })).toThrow(
    "aapso: option altruismOrder is best; expected least or most or published",
  );
  expect(() => selectorOptions(getSelector("bpso"), { most: "far" })).toThrow(
    "bpso: option most is far; expected a number from 0 on",
  );
  expect(() => getSelector("pso")).toThrow('unknown selector "pso" (did you mean "bpso"?)');
});

describe("fitness", () => {
  const z = (part: Labelled) => ({
    ...part,
    features: standardise(part.features).transform(part.features),
  });
  const all = z({ features: iris, classes: species });

  test("is alpha * accuracy + (1 - alpha) * share left out", () => {
    const fitness = new Fitness(all, all, { limit: 9, alpha: 0.9 });
    const value = fitness.of(maskOf([2, 3], 4));
    const { accuracy } = fitness.best!;
    expect(accuracy).toBeGreaterThan(0.9);
    expect(value).toBe(0.9 * accuracy + (1 - 0.9) * 0.5);
    expect(fitness.of(maskOf([], 4))).toBeCloseTo(0.1, 12);
  });

  test("counts every question, remembers answers and the first best one", () => {
    const fitness = new Fitness(all, all, { limit: 3 });
    const mask = maskOf([2], 4);
    const first = fitness.of(mask);
    mask[0] = 1;
    fitness.of(mask);
    mask[0] = 0;
    expect(fitness.of(mask)).toBe(first);
    expect([fitness.asked, fitness.distinct, fitness.left]).toEqual([3, 2, 0]);
    expect(columnsOf(fitness.best!.mask)).toEqual([2]);
    expect(fitness.curve).toEqual([{ evaluation: 1, fitness: first }]);
    expect(fitness.of(maskOf([1], 4))).toBe(Number.NEGATIVE_INFINITY);
    expect(fitness.asked).toBe(3);
  });

  test("tells masks of many columns apart", () => {
    const wide = planted(20, 40, 3);
    const fitness = new Fitness(wide, wide, { limit: 100 });
    for (let at = 0; at < 40; at++) fitness.of(maskOf([at], 40));
    expect(fitness.distinct).toBe(40);
  });
});

describe("folds", () => {
  test("have their share of every class", () => {
    const classes = Int32Array.from({ length: 53 }, (_, at) => (at < 20 ? 0 : at < 23 ? 1 : 2));
    const folds = stratifiedFolds(classes, 5, new Random({ seed: 3, purpose: "split" }));
    for (const one of [0, 1, 2]) {
      const counts = [0, 1, 2, 3, 4].map(
        (fold) => folds.filter((found, at) => found === fold && classes[at] === one).length,
      );
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
    const sizes = [0, 1, 2, 3, 4].map((fold) => partAt(folds, fold).held.length);
    expect(sizes.toSorted()).toEqual([10, 10, 11, 11, 11]);
    const { train, held } = partAt(folds, 2);
    expect([...train, ...held].sort((a, b) => a - b)).toEqual([...classes.keys()]);
  });

  test("depend on the seed; there are two at least and no more than samples", () => {
    const folds = (seed: number, count = 2) =>
      stratifiedFolds(species, count, new Random({ seed, purpose: "split" }));
    expect(folds(1)).toEqual(folds(1));
    expect(folds(1)).not.toEqual(folds(2));
    expect(() => folds(1, 1)).toThrow(
      "1 folds of 30 samples; expected a whole number from 2 to 30",
    );
    expect(() => folds(1, 31)).toThrow("31 folds");
  });
});

test("populations begin with 30 to 50 % of the columns, and with one at least", () => {
  const random = new Random(key(1));
  const sizes = Array.from({ length: 300 }, () => columnsOf(randomMask(20, random)).length);
  expect([...new Set(sizes)].sort((a, b) => a - b)).toEqual([6, 7, 8, 9, 10]);
  expect(columnsOf(randomMask(1, random))).toEqual([0]);
});

describe("aapso", () => {
  const gains = [5, 9, 1, 8, 3, 7, 0, 6, 2, 4];

  test("the middle gives to those that gained least", () => {
    // By gain, from the largest: 1 3 5 7 0 9 4 8 2 6.
    expect(altruismOrders["least"](gains)).toEqual({ altruists: [0, 9, 4], needy: [8, 2, 6] });
  });

  test("or to those that gained most", () => {
    // By gain, from the smallest: 6 2 8 4 9 0 7 5 3 1; ranks 5, 6, 7 give to 9, 8, 7.
    expect(altruismOrders["most"](gains)).toEqual({ altruists: [0, 7, 5], needy: [1, 3, 5] });
  });

  test("or to whoever has the rank's number, as published", () => {
    // Ranks of the particles: 5 9 1 8 3 7 0 6 2 4.
    expect(altruismOrders["published"](gains)).toEqual({ altruists: [7, 0, 6], needy: [4, 2, 6] });
  });

  test("of 30 particles, 13 to 21 give and 29 to 21 get, as published", () => {
    const order = Array.from({ length: 30 }, (_, at) => at);
    const { altruists, needy } = altruismOrders["most"](order);
    expect([altruists[0], altruists[8], needy[0], needy[8]]).toEqual([13, 21, 29, 21]);
    expect([altruists.length, needy.length]).toEqual([9, 9]);
  });

  test("of other numbers of particles, shares are rounded down", () => {
    const twelve = Array.from({ length: 12 }, (_, at) => -at);
    expect(altruismOrders["least"](twelve)).toEqual({ altruists: [4, 5, 6], needy: [9, 10, 11] });
    const rising = twelve.map((gain) => -gain);
    expect(altruismOrders["most"](rising)).toEqual({ altruists: [5, 6, 7], needy: [11, 10, 9] });
    // Too few for a pair.
    expect(altruismOrders["least"]([1, 2])).toEqual({ altruists: [], needy: [] });
  });

  test("of equal gains the earlier particles come first", () => {
    expect(altruismOrders["least"](Array(10).fill(0))).toEqual({
      altruists: [4, 5, 6],
      needy: [7, 8, 9],
    });
  });

  test("inertia falls from 0.632 to nearly 0", () => {
    expect(inertia(0, 20)).toBeCloseTo(0.632, 3);
    expect(inertia(19, 20)).toBeCloseTo(0.0488, 4);
  });

  test("options change the search", () => {
    const all: SelectorOptions[] = [
      {},
      { altruismOrder: "published" },
      { altruismOrder: "most" },
      { bests: "moving" },
    ];
    const curves = all.map((options) => JSON.stringify(search("aapso", 200, options, 1, 30).curve));
    expect(new Set(curves).size).toBe(4);
  });
});

describe("moves", () => {
  const D = 4000;
  const random = () => new Random(key(5));
  const all = (bit: number) => new Uint8Array(D).fill(bit);
  const share = (of: ArrayLike<number>, is: (value: number) => boolean) =>
    Array.from(of).filter(is).length / D;
  const isOne = (bit: number) => bit === 1;
  const particle = (x: number, velocity: number, best = x) => ({
    ...{ x: all(x), velocity: new Float64Array(D).fill(velocity), fitness: 0 },
    best: { x: all(best), fitness: 0 },
  });

  test("of aapso keep a share of the velocity, and go on to both bests", () => {
    const still = particle(1, 3);
    move(still, all(1), 0.5, random());
    expect(new Set(still.velocity)).toEqual(new Set([1.5]));
    // sigmoid(1.5)
    expect(share(still.x, isOne)).toBeCloseTo(0.818, 1);
    const pulled = particle(0, 0, 1);
    move(pulled, all(1), 0.5, random());
    const { velocity } = pulled;
    expect(Math.min(...velocity)).toBeGreaterThan(0);
    expect(Math.max(...velocity)).toBeGreaterThan(1.9);
    expect(Math.max(...velocity)).toBeLessThan(2);
    expect(velocity.reduce((sum, v) => sum + v, 0) / D).toBeCloseTo(1, 1);
  });

  test("of bpso too, as far as the largest velocity", () => {
    const one = { x: all(0), velocity: new Float64Array(D), best: all(1), fitness: 0 };
    moveBinary(one, all(0), { inertia: 1, own: 2, all: 2, most: 1.5 }, random());
    expect(Math.max(...one.velocity)).toBe(1.5);
    const capped = share(one.velocity, (v) => v === 1.5);
    expect(capped).toBeGreaterThan(0.22);
    expect(capped).toBeLessThan(0.28);
    const back = { ...one, x: all(1), velocity: new Float64Array(D).fill(-1), best: all(1) };
    moveBinary(back, all(0), { inertia: 2, own: 2, all: 0, most: 6 }, random());
    expect(new Set(back.velocity)).toEqual(new Set([-2]));
  });

  test.each([
    [0, 0.5],
    [1, 0.65],
    [1.5, 0.5],
    [-1, 0.5],
  ])("altruists of velocity %d give a share of %d of their bits", (velocity, expected) => {
    const [good, needy] = [particle(1, velocity), particle(0, 9)];
    give(good, needy, random());
    const given = share(needy.x, isOne);
    expect(Math.abs(given - expected)).toBeLessThan(0.03);
    expect(share(needy.velocity, (v) => v === velocity)).toBe(given);
    expect(share(good.velocity, (v) => v !== velocity)).toBeCloseTo(given, 2);
    // What is given is drawn anew: sigmoid of U(0, 1) is 0.62 on average.
    const drawn = share(good.x, (bit) => bit === 0) / given;
    expect(Math.abs(drawn - 0.38)).toBeLessThan(0.05);
  });
});

test("rfe drops the smallest weights first, one or a share at a time", () => {
  const { best, asked } = search("rfe", 600, {}, 1, 8);
  expect(asked).toBe(8);
  expect(columnsOf(best!.mask)).toEqual([2]);
  expect(search("rfe", 600, { share: 0.5 }, 1, 8).asked).toBe(4);
  expect(columnsOf(search("rfe", 600, { weights: "logistic" }, 1, 8).best!.mask)).toEqual([2]);
});

describe("mutual information", () => {
  test("of counts, by hand", () => {
    const features = matrixOf([[0], [0], [0], [1], [1], [1]]);
    const classes = Int32Array.of(0, 0, 1, 1, 1, 0);
    const expected = (4 / 6) * Math.log(2 / 6 / 0.25) + (2 / 6) * Math.log(1 / 6 / 0.25);
    expect(mutualInformation(features, classes, 0, 5)).toBeCloseTo(expected, 12);
  });

  test("cuts many values into intervals of equally many samples, whatever their scale", () => {
    const rows = Array.from({ length: 100 }, (_, at) => [at, Math.exp(at / 9), (at * 37) % 100]);
    const features = matrixOf(rows);
    const classes = Int32Array.from({ length: 100 }, (_, at) => Math.floor(at / 20));
    expect(mutualInformation(features, classes, 0, 5)).toBeCloseTo(Math.log(5), 12);
    expect(mutualInformation(features, classes, 1, 5)).toBeCloseTo(Math.log(5), 12);
    expect(mutualInformation(features, classes, 2, 5)).toBeLessThan(0.2);
  });

  test("the filter tries every number of features, or as many as it may", () => {
    expect(search("mi", 600, {}, 1, 8).asked).toBe(8);
    expect(columnsOf(search("mi", 600, {}, 1, 8).best!.mask)).toEqual([2]);
    const few = search("mi", 6, {}, 1, 90);
    expect(few.asked).toBeLessThanOrEqual(6);
    expect(few.best!.mask[2]).toBe(1);
  });
});
