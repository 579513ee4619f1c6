// Tables of features: a sample a row, a feature a column.

import { InputError } from "../inputError.js";

/** Numbers [rows, columns], row by row: entry (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * A matrix of numbers that lie row by row.
 *
 * @throws InputError when there are other than rows * columns numbers.
 * @example
 * matrix(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3).columns; // 3
 */
export function matrix(data: Matrix["data"], rows: number, columns: number): Matrix {
  if (data.length === rows * columns) return { data, rows, columns };
  throw new InputError(
    `features: ${data.length} numbers; expected ${rows} rows of ${columns} columns, ${rows * columns} numbers`,
  );
}

/**
 * A matrix of rows of equal length, as f64.
 *
 * @throws InputError for a row that is longer or shorter than the first.
 * @example
 * matrixOf([[1, 2], [3, 4]]).data; // Float64Array.of(1, 2, 3, 4)
 */
export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== columns);
  if (odd < 0) return matrix(Float64Array.from(rows.flat()), rows.length, columns);
  throw new InputError(
    `features: row ${odd} has ${rows[odd].length} columns; expected ${columns}, as row 0 has`,
  );
}

/** One row, which shares the matrix's memory. */
export const rowOf = ({ data, columns }: Matrix, row: number): Matrix["data"] =>
  data.subarray(row * columns, (row + 1) * columns);

/** Some rows in a given order, copied; a row may be taken several times. */
export function takeRows(from: Matrix, rows: ArrayLike<number>): Matrix {
  const { columns } = from;
  const data = new Float64Array(rows.length * columns);
  for (let to = 0; to < rows.length; to++) data.set(rowOf(from, rows[to]), to * columns);
  return { data, rows: rows.length, columns };
}

/** Some columns in a given order, copied. */
export function takeColumns({ data, rows, columns }: Matrix, wanted: ArrayLike<number>): Matrix {
  const taken = new Float64Array(rows * wanted.length);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < wanted.length; at++) taken[to++] = data[row * columns + wanted[at]];
  }
  return { data: taken, rows, columns: wanted.length };
}

/**
 * Refuses features that are not finite.
 *
 * @throws InputError naming the first row and column (from 0) that is not a finite number.
 */
export function checkFinite({ data, columns }: Matrix): void {
  let at = 0;
  while (at < data.length && Number.isFinite(data[at])) at++;
  if (at === data.length) return;
  throw new InputError(
    `features: row ${Math.floor(at / columns)}, column ${at % columns} (from 0) is ${data[at]}; ` +
      "expected a finite number: fill it in, or leave out the row or the column",
  );
}

/** The squared length of each row. */
export function squaredLengths({ data, rows, columns }: Matrix): Float64Array {
  const sums = new Float64Array(rows);
  for (let at = 0; at < data.length; at++) sums[Math.floor(at / columns)] += data[at] ** 2;
  return sums;
}

/** The numbers in single precision, as engines take them. */
export const inSingle = ({ data }: Matrix): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data);
