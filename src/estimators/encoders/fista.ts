// Sparse codes by FISTA (Beck and Teboulle 2009, "A fast iterative shrinkage-thresholding algorithm for linear inverse
// problems", SIAM J. Imaging Sciences 2): for each row x the code h with the least
//   1/2 |x - h D|^2 + lambda |h|_1 (+ pull |h - f|^2), D the dictionary, an atom a row.

import type { Matrix } from "../matrix.js";
import { type Multiply, mapped, multiplied, squaredErrors, timesMatrix } from "./products.js";

/** Settings of {@link fista}. */
export interface FistaOptions {
  /** Weight of the sum of absolute entries. */
  readonly lambda: number;
  /** Default 100. */
  readonly steps?: number;
  /** What codes shall be near to, and how much that counts; default nothing. */
  readonly near?: { readonly codes: Matrix; readonly weight: number };
  /** Default loops on the host. */
  readonly multiply?: Multiply;
}

/** Times that a vector is multiplied to find the largest eigenvalue. */
const POWERS = 60;

/** What that comes out too small by, at most. */
const MARGIN = 1.02;

/** A bound of the largest eigenvalue of a symmetric matrix without negative ones. */
export function largestEigenvalue({ data, rows }: Matrix): number {
  let vector = Float64Array.from({ length: rows }, (_, at) => 1 + 0.1 * Math.sin(at + 1));
  let length = 0;
  for (let power = 0; power < POWERS; power++) {
    const next = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < rows; j++) sum += data[i * rows + j] * vector[j];
      next[i] = sum;
    }
    length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    if (length === 0) return 0;
    vector = next.map((value) => value / length);
  }
  return MARGIN * length;
}

/** An entry nearer to 0, by `by` at most. */
const shrunk = (value: number, by: number): number =>
  value > by ? value - by : value < -by ? value + by : 0;

/**
 * Codes [rows, atoms] of rows [rows, columns] by a dictionary [atoms, columns].
 *
 * @example
 * const codes = await fista(matrixOf([[3, 0.1]]), matrixOf([[1, 0], [0, 1]]), { lambda: 0.5 });
 * [...codes.data].map((value) => value.toFixed(3)); // ["2.500", "0.000"]
 */
export async function fista(
  rows: Matrix,
  dictionary: Matrix,
  { lambda, steps = 100, near, multiply = multiplied }: FistaOptions,
): Promise<Matrix> {
  const products = await multiply(dictionary, dictionary);
  const along = await multiply(rows, dictionary);
  const pull = 2 * (near?.weight ?? 0);
  const rate = 1 / (largestEigenvalue(products) + pull || 1);
  const { data: b } = near
    ? mapped(along, (value, _, at) => value + pull * near.codes.data[at])
    : along;
  let codes = new Float64Array(b.length);
  let ahead = codes;
  let time = 1;
  for (let step = 0; step < steps; step++) {
    const { data: slope } = await multiply({ ...along, data: ahead }, products);
    const nextTime = (1 + Math.sqrt(1 + 4 * time * time)) / 2;
    const speed = (time - 1) / nextTime;
    const next = new Float64Array(b.length);
    const nextAhead = new Float64Array(b.length);
    for (let at = 0; at < b.length; at++) {
      const here = ahead[at];
      const value = shrunk(here - rate * (slope[at] + pull * here - b[at]), rate * lambda);
      next[at] = value;
      nextAhead[at] = value + speed * (value - codes[at]);
    }
    [codes, ahead, time] = [next, nextAhead, nextTime];
  }
  return { data: codes, rows: along.rows, columns: along.columns };
}

/** 1/2 |x - h D|^2 + lambda |h|_1 of each row [rows]. */
export async function sparseLosses(
  rows: Matrix,
  codes: Matrix,
  dictionary: Matrix,
  { lambda, multiply = multiplied }: Pick<FistaOptions, "lambda" | "multiply">,
): Promise<Float64Array> {
  const errors = squaredErrors(rows, await timesMatrix(multiply, codes, dictionary));
  const sizes = new Float64Array(rows.rows);
  for (let at = 0; at < codes.data.length; at++) {
    sizes[Math.floor(at / codes.columns)] += Math.abs(codes.data[at]);
  }
  return errors.map((sum, row) => sum / 2 + lambda * sizes[row]);
}
