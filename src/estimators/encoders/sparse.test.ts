// Sparse codes, dictionaries and components beside those of scikit-learn (test/support/encoders.py).

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Matrix, matrixOf } from "../matrix.js";
import { fista, largestEigenvalue, sparseLosses } from "./fista.js";
import { pcaEncoder, sparseCoding, zcaEncoder } from "./index.js";
import { multiplied, timesMatrix, transposed } from "./products.js";

const golden = JSON.parse(readFileSync("test/fixtures/encoders.json", "utf8"));
const rows = matrixOf(golden.rows);
const { lambda } = golden.sparse;
const atoms = matrixOf(golden.sparse.atoms);

const farthest = (a: Matrix, b: Matrix) =>
  Math.max(...Array.from(a.data, (value, at) => Math.abs(value - b.data[at])));

test("codes are those of coordinate descent after 2,000 steps, to 1e-5", async () => {
  const codes = await fista(rows, atoms, { lambda, steps: 2000 });
  expect(farthest(codes, matrixOf(golden.sparse.codes))).toBeLessThan(1e-5);
});

test("codes fulfil the conditions of the least loss: |D (x - h D)| is lambda where a code is not zero, at most that elsewhere", async () => {
  const codes = await fista(rows, atoms, { lambda, steps: 500 });
  const back = await timesMatrix(multiplied, codes, atoms);
  const left = {
    ...rows,
    data: Float64Array.from(rows.data, (value, at) => value - back.data[at]),
  };
  const along = multiplied(left, atoms).data;
  let zeros = 0;
  for (const [at, code] of codes.data.entries()) {
    if (code === 0) zeros++;
    else expect(along[at]).toBeCloseTo(Math.sign(code) * lambda, 3);
    expect(Math.abs(along[at])).toBeLessThanOrEqual(lambda + 1e-3);
  }
  expect(zeros).toBeGreaterThan(20);
});

/** The same steps without momentum. */
function ista(steps: number): Matrix {
  const products = multiplied(atoms, atoms);
  const rate = 1 / largestEigenvalue(products);
  const goal = multiplied(rows, atoms);
  let codes: Matrix = { ...goal, data: new Float64Array(goal.data.length) };
  for (let step = 0; step < steps; step++) {
    const slope = multiplied(codes, transposed(products));
    const data = Float64Array.from(codes.data, (value, at) => {
      const moved = value - rate * (slope.data[at] - goal.data[at]);
      return Math.sign(moved) * Math.max(0, Math.abs(moved) - rate * lambda);
    });
    codes = { ...codes, data };
  }
  return codes;
}

test("momentum leaves no row behind what the same steps without it reach", async () => {
  const lossOf = (codes: Matrix) => sparseLosses(rows, codes, atoms, { lambda });
  for (const steps of [10, 30, 100]) {
    const total = async (codes: Matrix) => (await lossOf(codes)).reduce((a, b) => a + b, 0);
    const fast = await total(await fista(rows, atoms, { lambda, steps }));
    expect(fast).toBeLessThanOrEqual((await total(ista(steps))) + 1e-9);
  }
});

test("a dictionary is as good as scikit-learn's, within 3 %, and its atoms have length 1 at most", async () => {
  const { loss, atoms: count, lambda: wanted } = golden.dictionary;
  // The share that makes the same lambda.
  const first = await sparseCoding.fit(rows, { atoms: count, epochs: 1, lambda: 0.1 });
  const share = (0.1 * wanted) / first.saved.arrays["lambda"].data[0];
  const options = { atoms: count, epochs: 150, batch: 30, lambda: share, steps: 100 };
  const { score, saved } = await sparseCoding.fit(rows, options);
  expect(saved.arrays["lambda"].data[0]).toBeCloseTo(wanted, 9);
  const found = -(await score!(rows)).reduce((a, b) => a + b, 0);
  expect(found).toBeLessThan(1.03 * loss);
  const lengths = multiplied(saved.arrays["atoms"], saved.arrays["atoms"]);
  for (let at = 0; at < count; at++) expect(lengths.data[at * (count + 1)]).toBeLessThan(1 + 1e-9);
});

test("a lambda too large for any code is told, and rows of zeros are refused", async () => {
  const apart = matrixOf([
    [1, 0],
    [0, 1],
    [1, 0],
    [0, 1],
  ]);
  await expect(sparseCoding.fit(apart, { atoms: 2, lambda: 1 })).rejects.toThrow(
    /all codes are zero/,
  );
  await expect(sparseCoding.fit(matrixOf([[0], [0]]))).rejects.toThrow(/all rows are zero/);
});

test("components and whitened components are scikit-learn's but for the sign, to 1e-6", async () => {
  const plain = await pcaEncoder.fit(rows, { keep: 4 });
  const white = await pcaEncoder.fit(rows, { keep: 4, whiten: 1, epsilon: 0 });
  for (const [fit, expected] of [
    [plain, matrixOf(golden.pca.codes)],
    [white, matrixOf(golden.pca.whitened)],
  ] as const) {
    const { data, columns } = await fit.encode(rows);
    for (let column = 0; column < columns; column++) {
      const sign = Math.sign(data[column] * expected.data[column]);
      for (let at = column; at < data.length; at += columns) {
        expect(sign * data[at]).toBeCloseTo(expected.data[at], 6);
      }
    }
  }
});

test("a share of the variance is held by as few components as can be", async () => {
  const { variances } = golden.pca as { variances: number[] };
  const all = await pcaEncoder.fit(rows, { keep: 1 });
  expect((await all.encode(rows)).columns).toBe(6);
  const some = await pcaEncoder.fit(rows, { keep: 0.5 });
  expect((await some.encode(rows)).columns).toBe(variances[0] > variances[1] ? 1 : 2);
  expect(farthest(await all.decode!(await all.encode(rows)), rows)).toBeLessThan(1e-9);
});

test("ZCA makes covariances of 0 and 1, near the rows, and leaves columns that never change at 0", async () => {
  const { encode, decode } = await zcaEncoder.fit(rows, { epsilon: 0 });
  const white = await encode(rows);
  const { data } = multiplied(transposed(white), transposed(white));
  for (const [at, value] of data.entries()) {
    expect(value / (rows.rows - 1)).toBeCloseTo(at % 7 === 0 ? 1 : 0, 6);
  }
  // W is symmetric: a change of column i does to column j what one of j does to i.
  const units = await encode(
    matrixOf(
      Array.from({ length: 7 }, (_, i) => Array.from({ length: 6 }, (_, j) => (i === j ? 1 : 0))),
    ),
  );
  const part = (i: number, j: number) => units.data[i * 6 + j] - units.data[36 + j];
  expect(part(0, 3)).toBeCloseTo(part(3, 0), 9);
  expect(farthest(await decode!(white), rows)).toBeLessThan(1e-5);
  const still = matrixOf([
    [1, 5],
    [2, 5],
    [4, 5],
  ]);
  const flat = await (await zcaEncoder.fit(still)).encode(still);
  expect([1, 3, 5].map((at) => Math.abs(flat.data[at]))).toEqual([0, 0, 0]);
});
