import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "./philox.js";
import { symmetricEigen } from "./symmetricEigen.js";

function randomSymmetric(size: number, seed: number): Float64Array {
  const random = new Random({ seed, purpose: "init" });
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const value = random.normal();
      matrix[row * size + column] = value;
      matrix[column * size + row] = value;
    }
  }
  return matrix;
}

describe("eigenvalues of a symmetric matrix", () => {
  test("satisfy their equation, with orthonormal vectors in falling order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1000), (size, seed) => {
        const matrix = randomSymmetric(size, seed);
        const { values, vectors } = symmetricEigen(matrix, size);
        const entry = (row: number, k: number) => vectors[row * size + k];
        for (let k = 0; k < size; k++) {
          if (k > 0) expect(values[k]).toBeLessThanOrEqual(values[k - 1]);
          for (let row = 0; row < size; row++) {
            let [product, along] = [0, 0];
            for (let at = 0; at < size; at++) {
              product += matrix[row * size + at] * entry(at, k);
              along += entry(at, row) * entry(at, k);
            }
            expect(product).toBeCloseTo(values[k] * entry(row, k), 10);
            expect(along).toBeCloseTo(row === k ? 1 : 0, 10);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test("keep the trace of a large one", () => {
    const size = 80;
    const matrix = randomSymmetric(size, 3);
    const { values } = symmetricEigen(matrix, size);
    const trace = Array.from({ length: size }, (_, at) => matrix[at * (size + 1)]);
    const sum = (list: ArrayLike<number>) => Array.from(list).reduce((a, b) => a + b, 0);
    expect(sum(values)).toBeCloseTo(sum(trace), 9);
  });

  test.each([
    ["known ones", [2, 1, 1, 2], [3, 1]],
    ["of a diagonal matrix", [1, 0, 0, 5], [5, 1]],
    ["equal ones", [4, 0, 0, 4], [4, 4]],
    ["of nothing but zeros", [0, 0, 0, 0], [0, 0]],
    ["tiny ones", [2e-200, 1e-200, 1e-200, 2e-200], [3e-200, 1e-200]],
    ["far apart", [1e12, 1, 1, 1], [1e12, 1]],
  ])("%s", (_, matrix, expected) => {
    const { values } = symmetricEigen(Float64Array.from(matrix), 2);
    for (const [at, value] of expected.entries()) {
      expect(Math.abs(values[at] - value)).toBeLessThanOrEqual(1e-11 * Math.abs(value));
    }
  });

  test("does not change the matrix", () => {
    const matrix = Float64Array.of(2, 1, 1, 2);
    symmetricEigen(matrix, 2);
    expect([...matrix]).toEqual([2, 1, 1, 2]);
  });

  test("refuses a matrix that is not square or not finite", () => {
    expect(() => symmetricEigen(new Float64Array(3), 2)).toThrow(
      "eigenvalues: expected 2 x 2 finite numbers, found 3 numbers",
    );
    expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, 0, 1), 2)).toThrow("not all finite");
  });
});
