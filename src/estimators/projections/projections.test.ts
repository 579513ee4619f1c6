// Projections: t-SNE beside scikit-learn's exact one (test/support/projections.py), and what all of them keep.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Random } from "../../tensor/philox.js";
import { type Matrix, matrix, matrixOf, takeRows } from "../matrix.js";
import { getProjection, projections } from "./index.js";
import { divergenceOf, gradientOf, pairLikelihoods } from "./tsne.js";

const fixture = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/projections.json", import.meta.url), "utf8"),
);
const rows = matrixOf(fixture.rows);
const points = Float64Array.from(fixture.points.flat());

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, share: number): void {
  expect(found.length).toBe(expected.length);
  const most = Math.max(...Array.from(expected, Math.abs));
  for (let at = 0; at < found.length; at++)
    expect(Math.abs(found[at] - expected[at])).toBeLessThan(share * most);
}

describe("t-SNE", () => {
  const pairs = pairLikelihoods(rows, fixture.perplexity);

  test("has the likelihoods, the divergence and the gradient of scikit-learn", () => {
    expectClose(pairs, fixture.pairs, 1e-4);
    expect(divergenceOf(pairs, points)).toBeCloseTo(fixture.divergence, 4);
    expectClose(gradientOf(pairs, points), fixture.gradient, 1e-3);
  });

  test("has a gradient that central differences confirm", () => {
    const gradient = gradientOf(pairs, points);
    for (const at of [0, 17, 119]) {
      const along = (step: number) =>
        divergenceOf(
          pairs,
          points.map((value, k) => (k === at ? value + step : value)),
        );
      expect((along(1e-5) - along(-1e-5)) / 2e-5).toBeCloseTo(gradient[at], 7);
    }
  });

  test("ends where scikit-learn does", async () => {
    const { points: found, note } = await getProjection("tsne").project(rows);
    const ends = divergenceOf(
      pairLikelihoods(rows, (rows.rows - 1) / 3),
      found.data as Float64Array,
    );
    expect(ends).toBeLessThan(1.05 * fixture.ends);
    expect(note).toContain(`divergence ${ends.toFixed(3)}`);
  });

  test("refuses more rows than can be compared in pairs", async () => {
    const many = matrix(
      Float64Array.from({ length: 5001 }, (_, at) => at),
      5001,
      1,
    );
    await expect(getProjection("tsne").project(many)).rejects.toThrow(
      /5,001 rows; expected 5,000 at most/,
    );
  });
});

test("principal components are those of the rows, with their shares", async () => {
  const line = matrixOf([
    [0, 0],
    [1, 2],
    [2, 4],
  ]);
  const { points: found, axes } = await getProjection("pca").project(line);
  expectClose(found.data, [-Math.sqrt(5), 0, 0, 0, Math.sqrt(5), 0], 1e-9);
  expect(axes).toEqual(["component 1, 100 % of the variance", "component 2, 0 % of the variance"]);
});

/** Share of points whose nearest other point shows a row of the same of four clusters. */
function kept({ data }: Matrix): number {
  const count = data.length / 2;
  let same = 0;
  for (let a = 0; a < count; a++) {
    let [best, at] = [Number.POSITIVE_INFINITY, -1];
    for (let b = 0; b < count; b++) {
      const square = (data[2 * a] - data[2 * b]) ** 2 + (data[2 * a + 1] - data[2 * b + 1]) ** 2;
      if (a !== b && square < best) [best, at] = [square, b];
    }
    if (a % 4 === at % 4) same++;
  }
  return same / count;
}

describe.each(projections)("$name", ({ project }) => {
  const random = { seed: 5, purpose: "search" } as const;

  test("keeps clusters together, and gives the same points for the same seed", async () => {
    const before = rows.data.slice();
    const [once, again] = [await project(rows, random), await project(rows, random)];
    expect(again).toEqual(once);
    expect(rows.data).toEqual(before);
    expect([once.points.rows, once.points.columns]).toEqual([60, 2]);
    expect(kept(once.points)).toBeGreaterThan(0.8);
  });

  test("places few rows, equal ones and rows of one column", async () => {
    const drawn = new Random(random);
    const twins = matrix(
      Float64Array.from({ length: 80 }, (_, at) => (at < 60 ? 1 : drawn.normal())),
      40,
      2,
    );
    const tables = [
      takeRows(rows, [0, 1]),
      takeRows(rows, [0, 1, 2]),
      twins,
      matrix(
        Float64Array.from({ length: 20 }, (_, at) => at),
        20,
        1,
      ),
    ];
    for (const table of tables) {
      const { points: found } = await project(table, random);
      expect(found.rows).toBe(table.rows);
      expect(found.data.every(Number.isFinite)).toBe(true);
    }
  });

  test("refuses what no plane can show", async () => {
    await expect(project(takeRows(rows, [0]))).rejects.toThrow(/1 row to place/);
    await expect(project(takeRows(rows, [3, 3, 3]))).rejects.toThrow(/all 3 rows are the same/);
    const nan = matrixOf([[0], [Number.NaN]]);
    await expect(project(nan)).rejects.toThrow(/row 1, column 0/);
  });
});

test("a method that there is not is told with those that there are", () => {
  expect(() => getProjection("tnse")).toThrow(/"tnse".*tsne/);
});
