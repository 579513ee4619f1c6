// A matrix as the product of two thin ones (Eckart and Young 1936): with so many numbers in between, no other product is
// nearer to it by the sum of squares.

import { symmetricEigen } from "../../tensor/symmetricEigen.js";

/** Numbers [rows, columns], row by row. */
export interface Weights {
  readonly of: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Of a matrix: the squares of its singular values, falling, and the singular vectors of its shorter side. */
export interface Spectrum {
  readonly squares: Float64Array;
  /** Columns [size, size], column k belonging to square k; of rows where these are fewer, else of columns. */
  readonly vectors: Float64Array;
}

/** A product [rows, rank] x [rank, columns]. */
export interface Factors {
  readonly mix: Float32Array;
  readonly basis: Float32Array;
}

/** Sums of products of the vectors along the shorter side. */
function gram({ of, rows, columns }: Weights): Float64Array {
  const byRows = rows <= columns;
  const [size, length] = byRows ? [rows, columns] : [columns, rows];
  const at = (vector: number, k: number) =>
    byRows ? of[vector * columns + k] : of[k * columns + vector];
  const products = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < length; k++) sum += at(i, k) * at(j, k);
      products[i * size + j] = products[j * size + i] = sum;
    }
  }
  return products;
}

/** The spectrum of a matrix. Takes seconds for sides of some hundred, since it is found to the last bits. */
export function spectrumOf(weights: Weights): Spectrum {
  const size = Math.min(weights.rows, weights.columns);
  const { values, vectors } = symmetricEigen(gram(weights), size);
  return { squares: values.map((value) => Math.max(0, value)), vectors };
}

/** The smallest rank by which no more than a share of the sum of squares is lost; at least 1. */
export function rankFor({ squares }: Spectrum, lost: number): number {
  const total = squares.reduce((sum, square) => sum + square, 0);
  let [left, rank] = [total, 0];
  while (rank < squares.length && (rank === 0 || left > lost * total)) left -= squares[rank++];
  return rank;
}

/** The nearest product of a rank; both factors have the same size, so that one rate suits both. */
export function factorise(
  { of, rows, columns }: Weights,
  { squares, vectors }: Spectrum,
  rank: number,
): Factors {
  const byRows = rows <= columns;
  const size = Math.min(rows, columns);
  const mix = new Float32Array(rows * rank);
  const basis = new Float32Array(rank * columns);
  for (let k = 0; k < rank; k++) {
    const root = Math.sqrt(Math.sqrt(squares[k])) || 1;
    const vector = Float64Array.from({ length: size }, (_, at) => vectors[at * size + k]);
    if (byRows) {
      for (let row = 0; row < rows; row++) mix[row * rank + k] = root * vector[row];
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += vector[row] * of[row * columns + column];
        basis[k * columns + column] = sum / root;
      }
    } else {
      for (let column = 0; column < columns; column++) {
        basis[k * columns + column] = root * vector[column];
      }
      for (let row = 0; row < rows; row++) {
        let sum = 0;
        for (let column = 0; column < columns; column++) {
          sum += vector[column] * of[row * columns + column];
        }
        mix[row * rank + k] = sum / root;
      }
    }
  }
  return { mix, basis };
}
