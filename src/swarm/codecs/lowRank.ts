// Thin factors of a matrix: one step of subspace iteration.

/** A matrix [rows, columns], row by row. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** P [rows, rank] with orthonormal columns and Q [columns, rank]: the matrix is about P Q^T. */
export interface Factors {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** A column is taken for a combination of those before it when less than this share of it is left. */
const NEGLIGIBLE = 1e-6;

/** Takes from column `column` its part along column `other`. */
function takeOff(matrix: Float64Array, rank: number, column: number, other: number): void {
  let dot = 0;
  for (let at = 0; at < matrix.length; at += rank) dot += matrix[at + column] * matrix[at + other];
  for (let at = 0; at < matrix.length; at += rank) matrix[at + column] -= dot * matrix[at + other];
}

function columnNorm(matrix: Float64Array, rank: number, column: number): number {
  let square = 0;
  for (let at = column; at < matrix.length; at += rank) square += matrix[at] ** 2;
  return Math.sqrt(square);
}

/** Orthonormal columns that span the same (Gram-Schmidt, twice); a column that adds nothing becomes 0. */
function orthonormalise(matrix: Float64Array, rank: number): void {
  for (let column = 0; column < rank; column++) {
    const before = columnNorm(matrix, rank, column);
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < column; other++) takeOff(matrix, rank, column, other);
    }
    const norm = columnNorm(matrix, rank, column);
    const factor = norm > NEGLIGIBLE * before ? 1 / norm : 0;
    for (let at = column; at < matrix.length; at += rank) matrix[at] *= factor;
  }
}

/** `P = orthonormal(M Q)`, then `Q = M^T P`. */
export function powerStep(
  { values, rows, columns }: Matrix,
  q: Float32Array,
  rank: number,
): Factors {
  const p = new Float64Array(rows * rank);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column];
      for (let r = 0; r < rank; r++) p[row * rank + r] += value * q[column * rank + r];
    }
  }
  orthonormalise(p, rank);
  const left = new Float32Array(p);
  const sums = new Float64Array(columns * rank);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column];
      for (let r = 0; r < rank; r++) sums[column * rank + r] += value * left[row * rank + r];
    }
  }
  return { left, right: new Float32Array(sums) };
}

/** The largest absolute value that a product with orthonormal columns P can have. */
export function bound(right: Float32Array, rank: number): number {
  let most = 0;
  for (let first = 0; first < right.length; first += rank) {
    let square = 0;
    for (let r = 0; r < rank; r++) square += right[first + r] ** 2;
    most = Math.max(most, square);
  }
  return Math.sqrt(most);
}

/** Stores `P Q^T` in `into`, row by row. */
export function product({ left, right }: Factors, rank: number, into: Float32Array): void {
  let next = 0;
  for (let row = 0; row < left.length; row += rank) {
    for (let column = 0; column < right.length; column += rank) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += left[row + r] * right[column + r];
      into[next++] = sum;
    }
  }
}
