import { describe, expect, it } from "vitest";
import { Random } from "../tensor/philox.js";
import { kmeans, nearestCentres, plusPlusSeeds } from "./kmeans.js";
import { type Matrix, matrixOf } from "./matrix.js";

/** Points round `centres` places on a line, far apart. */
function heaps(centres: number, each: number): Matrix {
  const random = new Random({ seed: 3, purpose: "make" });
  const rows = Array.from({ length: centres * each }, (_, at) => [
    100 * (at % centres) + random.normal(),
    random.normal(),
  ]);
  return matrixOf(rows);
}

const random = { seed: 1, purpose: "search" } as const;

describe("kmeans", () => {
  it("finds heaps that lie apart", async () => {
    const points = heaps(5, 20);
    const { labels, sizes, inertia, distances } = await kmeans(points, 5, { random });
    expect([...sizes]).toEqual([20, 20, 20, 20, 20]);
    expect(labels.every((label, at) => label === labels[at % 5])).toBe(true);
    expect(inertia).toBeCloseTo([...distances].reduce((a, b) => a + b));
    expect(inertia).toBeLessThan(100 * 6);
  });

  it("never raises the inertia from one round to the next", async () => {
    const points = heaps(3, 40);
    const seeds = matrixOf([
      [0, 0],
      [1, 0],
      [2, 0],
      [0, 2],
    ]);
    let before = Number.POSITIVE_INFINITY;
    for (let iterations = 1; iterations < 9; iterations++) {
      const { inertia } = await kmeans(points, 4, { seeds, iterations });
      expect(inertia).toBeLessThanOrEqual(before);
      before = inertia;
    }
  });

  it("ends where each centre is the mean of its points, and each point is nearest to its own", async () => {
    const points = heaps(2, 50);
    const { centres, labels } = await kmeans(points, 7, { random, iterations: 100 });
    expect(nearestCentres(points, centres).labels).toEqual(labels);
    const sum = [0, 0, 0];
    labels.forEach((label, at) => {
      if (label !== 3) return;
      sum[0]++;
      sum[1] += points.data[2 * at];
      sum[2] += points.data[2 * at + 1];
    });
    expect(centres.data[6]).toBeCloseTo(sum[1] / sum[0]);
    expect(centres.data[7]).toBeCloseTo(sum[2] / sum[0]);
  });

  it("begins a cluster without points anew within the largest", async () => {
    const points = matrixOf([[0], [1], [2], [3], [10], [50]]);
    const seeds = matrixOf([[1], [50], [1000]]);
    const { sizes, labels } = await kmeans(points, 3, { seeds });
    expect([...sizes]).toEqual([4, 1, 1]);
    expect([...labels]).toEqual([0, 0, 0, 0, 2, 1]);
  });

  it("takes points that are all equal", async () => {
    const points = matrixOf(Array.from({ length: 6 }, () => [2, 2]));
    const { inertia, centres } = await kmeans(points, 3, { random });
    expect(inertia).toBe(0);
    expect([...centres.data]).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("draws seeds in heaps of their own", () => {
    const { data } = plusPlusSeeds(heaps(6, 10), 6, random);
    const places = [0, 2, 4, 6, 8, 10].map((at) => Math.abs(Math.round(data[at] / 100))).sort();
    expect(places).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("refuses what it cannot cluster", async () => {
    const points = matrixOf([[0], [1]]);
    await expect(kmeans(points, 3)).rejects.toThrow(
      "3 clusters of 2 points; expected a whole number from 1 to 2",
    );
    await expect(kmeans(points, 1, { seeds: matrixOf([[0, 1]]) })).rejects.toThrow(
      "seeds [1, 2]; expected [1, 1]",
    );
    await expect(kmeans(matrixOf([[0], [Number.NaN]]), 1)).rejects.toThrow("row 1, column 0");
  });
});
