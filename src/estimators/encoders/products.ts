// Products of matrices, which nearly all the time of an encoder goes into. Whoever has an engine gives a faster one.

import type { Matrix } from "../matrix.js";

/** a b^T [a.rows, b.rows], of matrices with as many columns. */
export type Multiply = (a: Matrix, b: Matrix) => Matrix | Promise<Matrix>;

const doubles = (data: Matrix["data"]): Float64Array =>
  data instanceof Float64Array ? data : Float64Array.from(data);

/**
 * a b^T by loops, in double precision. Two rows by four columns at a time: each number that is read is used for several
 * sums.
 *
 * @example
 * multiplied(matrixOf([[1, 2]]), matrixOf([[3, 4], [5, 6]])).data; // Float64Array.of(11, 17)
 */
export function multiplied(a: Matrix, b: Matrix): Matrix {
  const [x, y] = [doubles(a.data), doubles(b.data)];
  const { columns: depth, rows } = a;
  const columns = b.rows;
  const data = new Float64Array(rows * columns);
  const dot = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += x[i * depth + k] * y[j * depth + k];
    data[i * columns + j] = sum;
  };
  const [evenRows, evenColumns] = [rows - (rows % 2), columns - (columns % 4)];
  for (let i = 0; i < evenRows; i += 2) {
    const [first, second] = [i * depth, (i + 1) * depth];
    for (let j = 0; j < evenColumns; j += 4) {
      const start = j * depth;
      let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < depth; k++) {
        const [u, v] = [x[first + k], x[second + k]];
        const [p, q] = [y[start + k], y[start + depth + k]];
        const [r, s] = [y[start + 2 * depth + k], y[start + 3 * depth + k]];
        a0 += u * p;
        a1 += u * q;
        a2 += u * r;
        a3 += u * s;
        b0 += v * p;
        b1 += v * q;
        b2 += v * r;
        b3 += v * s;
      }
      data.set([a0, a1, a2, a3], i * columns + j);
      data.set([b0, b1, b2, b3], (i + 1) * columns + j);
    }
    for (let j = evenColumns; j < columns; j++) {
      dot(i, j);
      dot(i + 1, j);
    }
  }
  for (let i = evenRows; i < rows; i++) for (let j = 0; j < columns; j++) dot(i, j);
  return { data, rows, columns };
}

/** Rows and columns exchanged. */
export function transposed({ data, rows, columns }: Matrix): Matrix {
  const turned = new Float64Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column];
    }
  }
  return { data: turned, rows: columns, columns: rows };
}

/** a b, of which b has as many rows as a has columns. */
export const timesMatrix = (multiply: Multiply, a: Matrix, b: Matrix) => multiply(a, transposed(b));

/** a^T b, of matrices with as many rows. */
export const crossProducts = (multiply: Multiply, a: Matrix, b: Matrix) =>
  multiply(transposed(a), transposed(b));

/** A matrix with a function of each entry, its column and its place. */
export function mapped(
  of: Matrix,
  value: (entry: number, column: number, at: number) => number,
): Matrix {
  const { data, rows, columns } = of;
  const made = new Float64Array(data.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) made[at] = value(data[at], column, at);
  }
  return { data: made, rows, columns };
}

/** A matrix of one row. */
export const rowMatrix = (data: Matrix["data"]): Matrix => ({
  data,
  rows: 1,
  columns: data.length,
});

/** Sum of squared differences of each row [rows]. */
export function squaredErrors(a: Matrix, b: Matrix): Float64Array {
  const sums = new Float64Array(a.rows);
  for (let at = 0; at < a.data.length; at++) {
    sums[Math.floor(at / a.columns)] += (a.data[at] - b.data[at]) ** 2;
  }
  return sums;
}

/** Rows in an order as batches of a size, the last one smaller. */
export function batchesOf(order: Int32Array, batch: number): Int32Array[] {
  return Array.from({ length: Math.ceil(order.length / batch) }, (_, at) =>
    order.subarray(at * batch, (at + 1) * batch),
  );
}
