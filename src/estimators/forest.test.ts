// Trees and forests against scikit-learn 1.9.1 where no random numbers are drawn, and by what must hold.

import { describe, expect, test } from "vitest";
import { iris, species } from "../../test/support/iris.js";
import { Random, type RandomKey } from "../tensor/philox.js";
import { forest, matrixOf } from "./index.js";
import { growTree, rank, type Tree } from "./tree.js";

const key = (seed: number): RandomKey => ({ seed, purpose: "search" });

const tree = (rows: readonly (readonly number[])[], of: readonly number[]): Tree => {
  const features = matrixOf(rows);
  return growTree(
    { ranked: rank(features), of: Int32Array.from(of), classes: Math.max(...of) + 1 },
    Int32Array.from(of.keys()),
    { features: features.columns, minSplit: 2, depth: Number.POSITIVE_INFINITY },
    new Random(key(1)),
  );
};

describe("a tree", () => {
  test("splits where scikit-learn's does", () => {
    const columns = [2, 3];
    const rows = Array.from({ length: 30 }, (_, row) =>
      columns.map((column) => iris.data[row * 4 + column]),
    );
    const root = tree(rows, [...species]);
    if ("shares" in root) throw new Error("a leaf");
    // The first species is parted from the others by either column.
    expect([2.6, 0.7]).toContain(Number(root.threshold.toFixed(4)));
    const { high } = root;
    if ("shares" in high) throw new Error("a leaf");
    expect([high.column, Number(high.threshold.toFixed(4))]).toEqual([0, 4.95]);
    expect([high.low, high.high].every((node) => "shares" in node)).toBe(true);
  });

  test("takes the purest split, by the Gini impurity", () => {
    // Sums of (squared counts / samples) of both sides: 1 / 1 + (4 + 9) / 5 = 3.6 by column 0, where one sample is parted
    // off, and (4 + 1) / 3 + (1 + 4) / 3 = 3.33 by column 1.
    const rows = [
      [0, 0],
      [1, 0],
      [1, 1],
      [1, 0],
      [1, 1],
      [1, 1],
    ];
    const root = tree(rows, [0, 0, 0, 1, 1, 1]);
    expect(root).toMatchObject({
      column: 0,
      threshold: 0.5,
      low: { shares: Float64Array.of(1, 0) },
    });
  });

  test("takes the purest split where sides have unequal numbers", () => {
    // After 1 of 5: 1 + (4 + 4) / 4 = 3; after 3 of 5: (4 + 1) / 3 + 4 / 2 = 3.67; others lie below.
    const root = tree([[1], [2], [3], [4], [5]], [0, 1, 0, 1, 1]);
    expect(root).toMatchObject({ threshold: 3.5 });
    // After 2 of 6: 4 / 2 + (4 + 4) / 4 = 4; after 5 of 6: (9 + 4) / 5 + 1 = 3.6; after 1: 1 + (9 + 4) / 5 = 3.6.
    expect(tree([[1], [2], [3], [4], [5], [6]], [1, 1, 0, 1, 0, 1])).toMatchObject({
      threshold: 2.5,
    });
  });

  test("looks at as many features as it may, drawn anew", () => {
    const features = matrixOf([
      [1, 0, 1],
      [2, 1, 1],
      [3, 1, 2],
      [4, 1, 2],
    ]);
    const data = { ranked: rank(features), of: Int32Array.of(0, 0, 1, 1), classes: 2 };
    const roots = (count: number) =>
      Array.from({ length: 40 }, (_, seed) => {
        const options = { features: count, minSplit: 2, depth: 1 };
        const grown = growTree(data, Int32Array.of(0, 1, 2, 3), options, new Random(key(seed)));
        return "column" in grown ? grown.column : -1;
      });
    expect([...new Set(roots(1))].sort()).toEqual([0, 1, 2]);
    // Column 1 is less pure than the others, of which one is always seen.
    expect([...new Set(roots(2))].sort()).toEqual([0, 2]);
  });

  test("ends where no column varies, with the shares of the classes", () => {
    expect(tree([[1], [1], [1], [1]], [0, 1, 1, 1])).toEqual({
      shares: Float64Array.of(0.25, 0.75),
    });
  });

  test("parts neighbouring numbers between which there is none", () => {
    const above = 1 + Number.EPSILON;
    expect(tree([[1], [above]], [0, 1])).toMatchObject({ column: 0, threshold: 1 });
  });

  test("draws another feature for a constant one", () => {
    const features = matrixOf([
      [1, 1, 1, 0],
      [1, 1, 1, 1],
    ]);
    const grown = growTree(
      { ranked: rank(features), of: Int32Array.of(0, 1), classes: 2 },
      Int32Array.of(0, 1),
      { features: 1, minSplit: 2, depth: 5 },
      new Random(key(3)),
    );
    expect(grown).toMatchObject({ column: 3 });
  });
});

describe("a forest", () => {
  test("is the same for a seed, another for another", () => {
    const scores = (seed: number) =>
      forest.fit(iris, species, { trees: 10 }, key(seed)).scores(iris);
    expect(scores(1)).toEqual(scores(1));
    expect(scores(1)).not.toEqual(scores(2));
  });

  test("a longer one begins with the shorter one", () => {
    const scores = (trees: number) =>
      forest.fit(iris, species, { trees }, key(1)).scores(iris).data;
    const [two, one] = [scores(2), scores(1)];
    // The second tree's shares are whole ones, as all samples of a leaf are of one class.
    expect(two.every((share, at) => [0, 1].includes(2 * share - one[at]))).toBe(true);
  });

  test("shares are probabilities, and heed depth, features and samples of a split", () => {
    const fit = (options: Record<string, number>) => forest.fit(iris, species, options, key(1));
    const { data } = fit({ trees: 20 }).scores(iris);
    for (let row = 0; row < 30; row++) {
      expect(data[3 * row] + data[3 * row + 1] + data[3 * row + 2]).toBeCloseTo(1, 12);
    }
    const plain = { trees: 1, bootstrap: 0, features: 4 };
    const different = (options: Record<string, number>) =>
      new Set(fit({ ...plain, ...options }).predict(iris)).size;
    expect(different({ depth: 1 })).toBe(2);
    expect(different({ minSplit: 21 })).toBe(2);
    expect(different({})).toBe(3);
  });

  test("trees differ", () => {
    const rows = Array.from({ length: 40 }, (_, at) => [at]);
    const noise = Int32Array.from({ length: 40 }, (_, at) => ((at * 7919) >> 2) % 2);
    const { data } = forest
      .fit(matrixOf(rows), noise, { trees: 30 }, key(1))
      .scores(matrixOf(rows));
    expect(new Set(data).size).toBeGreaterThan(10);
  });

  test("samples are drawn with replacement", () => {
    // A tree on all samples fits them; one on drawn ones misses some that it has not seen.
    const rows = Array.from({ length: 60 }, (_, at) => [at]);
    const noise = Int32Array.from({ length: 60 }, (_, at) => ((at * 7919) % 2) ^ ((at >> 3) % 2));
    const right = (bootstrap: number) =>
      forest
        .fit(matrixOf(rows), noise, { trees: 1, bootstrap }, key(1))
        .predict(matrixOf(rows))
        .filter((one, at) => one === noise[at]).length;
    expect(right(0)).toBe(60);
    expect(right(1)).toBeLessThan(60);
  });

  test("refuses options that cannot be", () => {
    const fit = (options: Record<string, number>) => () => forest.fit(iris, species, options);
    expect(fit({ trees: 1.5 })).toThrow(
      "forest: option trees is 1.5; expected a whole number from 1 on",
    );
    expect(fit({ minSplit: 1 })).toThrow("expected a whole number from 2 on");
  });
});
