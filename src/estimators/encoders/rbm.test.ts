// Boltzmann machines beside enumeration and scikit-learn's equations (test/support/encoders.py).

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Random } from "../../tensor/philox.js";
import { type Matrix, matrix, matrixOf } from "../matrix.js";
import { dbn, gaussianRbm, rbm } from "./index.js";
import { multiplied } from "./products.js";
import { drawBinary, freeEnergies, gibbs, hiddenMeans, type Machine } from "./rbmModel.js";

const golden = JSON.parse(readFileSync("test/fixtures/encoders.json", "utf8")).rbm;
const machine: Machine = {
  weights: matrixOf(golden.weights),
  hidden: matrixOf(golden.hidden),
  visible: matrixOf(golden.visible),
  gaussian: false,
};

/** All rows of so many bits. */
const allBits = (count: number): Matrix =>
  matrixOf(
    Array.from({ length: 2 ** count }, (_, number) =>
      Array.from({ length: count }, (_, bit) => (number >> bit) & 1),
    ),
  );

/** Log of the sum of e^-F over all rows of bits. */
async function logPartition(of: Machine): Promise<number> {
  const energies = await freeEnergies(of, allBits(of.weights.columns), multiplied);
  const least = energies.reduce((a, b) => Math.min(a, b));
  return Math.log(energies.reduce((sum, one) => sum + Math.exp(least - one), 0)) - least;
}

test("probabilities of hidden units and free energies are scikit-learn's, to 1e-8", async () => {
  const rows = matrixOf(golden.rows);
  const means = await hiddenMeans(machine, rows, multiplied);
  const expected = matrixOf(golden.means).data;
  for (const [at, mean] of means.data.entries()) expect(mean).toBeCloseTo(expected[at], 8);
  const energies = await freeEnergies(machine, rows, multiplied);
  for (const [at, energy] of energies.entries()) {
    expect(energy).toBeCloseTo(golden.energies[at], 8);
  }
});

test("what chains draw is distributed as enumeration says", async () => {
  const random = new Random({ seed: 5, purpose: "search" });
  const chains = 4000;
  const start = matrix(new Float64Array(4 * chains).fill(0.5), chains, 4);
  const { visible } = await gibbs(machine, drawBinary(start, random), 40, random, multiplied);
  const rows = allBits(6);
  const energies = await freeEnergies(machine, rows, multiplied);
  const whole = await logPartition(machine);
  const exact = new Float64Array(6);
  for (const [at, bit] of rows.data.entries()) {
    exact[at % 6] += bit * Math.exp(-energies[Math.floor(at / 6)] - whole);
  }
  for (let unit = 0; unit < 6; unit++) {
    let drawn = 0;
    for (let at = unit; at < visible.data.length; at += 6) drawn += visible.data[at] / chains;
    // Four standard errors of a share among 4,000.
    expect(Math.abs(drawn - exact[unit])).toBeLessThan(0.032);
  }
});

/** Rows of 8 bits: one of three patterns, a bit in twenty flipped. */
function patterns(count: number): Matrix {
  const random = new Random({ seed: 2, purpose: "search" });
  const all = ["11110000", "00111100", "10101010"];
  return matrixOf(
    Array.from({ length: count }, () =>
      Array.from(all[random.integer(3)], (bit) => Number(bit) ^ Number(random.uniform() < 0.05)),
    ),
  );
}

describe("the exact likelihood", () => {
  const rows = patterns(200);
  const likelihood = async (options: Record<string, number>, seed: number) => {
    const { saved, score } = await rbm.fit(
      rows,
      { hidden: 6, batch: 20, decay: 0, ...options },
      { random: { seed, purpose: "search" } },
    );
    const { weights, hidden, visible } = saved.arrays;
    const whole = await logPartition({ weights, hidden, visible, gaussian: false });
    const scores = await score!(rows);
    return scores.reduce((sum, one) => sum + one, 0) / rows.rows - whole;
  };
  const seeds = [1, 2, 3];
  const average = async (options: Record<string, number>) => {
    const all = await Promise.all(seeds.map((seed) => likelihood(options, seed)));
    return all.reduce((sum, one) => sum + one, 0) / seeds.length;
  };
  const divergence = { rate: 0.05 };
  const going = { rate: 0.5, chains: 100 };

  test("rises by contrastive divergence and by chains that go on, and further by these", async () => {
    const [cdEarly, cd] = [
      await average({ ...divergence, epochs: 2 }),
      await average({ ...divergence, epochs: 160 }),
    ];
    const [pcdEarly, pcd] = [
      await average({ ...going, epochs: 2 }),
      await average({ ...going, epochs: 160 }),
    ];
    expect(cd).toBeGreaterThan(cdEarly + 0.5);
    expect(pcd).toBeGreaterThan(pcdEarly + 0.5);
    expect(pcd).toBeGreaterThan(cd);
  });
});

test("numbers beyond 0 and 1 are refused with the way out, which takes them", async () => {
  const rows = matrixOf([
    [0, 1],
    [1, 0],
    [0, 7],
    [3, 1],
  ]);
  for (const one of [rbm, dbn]) {
    await expect(one.fit(rows)).rejects.toThrow(
      /row 2, column 1 .* is 7; expected numbers from 0 to 1.*gaussian-rbm/,
    );
  }
  const { encode, decode } = await gaussianRbm.fit(rows, { hidden: 3, epochs: 2 });
  expect((await decode!(await encode(rows))).data.every(Number.isFinite)).toBe(true);
});

test("a chain that runs away, and units that say the same of every row, are told", async () => {
  const rows = patterns(100);
  const { warnings } = await rbm.fit(rows, { hidden: 4, epochs: 3, batch: 10, rate: 500 });
  expect(warnings.join()).toMatch(/runs away/);
  expect(warnings.join()).toMatch(/of 4 units say the same of every row/);
  const fine = await rbm.fit(rows, { hidden: 4, epochs: 40, batch: 10 });
  expect(fine.warnings).toEqual([]);
});
