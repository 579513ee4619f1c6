// Eigenvalues of a limited-memory SR1 matrix from the dot products of its pairs alone: small matrices in
// double precision (Brust, Erway and Marcia 2017, doi 10.1007/s10589-016-9868-3).

import { symmetricEigen } from "../../tensor/symmetricEigen.js";

/** Dot products of steps s and changes y, [i][j]; sy is s_i . y_j. */
export interface Gram {
  readonly ss: readonly (readonly number[])[];
  readonly sy: readonly (readonly number[])[];
  readonly yy: readonly (readonly number[])[];
}

/** B = gamma I + P diag(values - gamma) P' with orthonormal columns P = Psi columns, Psi = Y - gamma S. */
export interface Spectrum {
  /** Eigenvalue of B across the span of Psi. */
  readonly gamma: number;
  /** Eigenvalues of B in that span. */
  readonly values: readonly number[];
  /** One for each of the values: the weights of Psi's columns in its eigenvector. */
  readonly columns: readonly (readonly number[])[];
}

/** Eigenvalues below this share of the largest one count as 0: rounding errors make no directions. */
const LEAST_SHARE = 1e-12;

type Matrix = readonly (readonly number[])[];

const square = (size: number, entry: (row: number, column: number) => number): number[][] =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => entry(row, column)),
  );

/** Sum of `term(0)` to `term(count - 1)`. */
function total(count: number, term: (at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += term(at);
  return sum;
}

/** Eigenvalues that are not 0, with their eigenvectors. */
function eigenpairs(matrix: Matrix): { value: number; vector: number[] }[] {
  const size = matrix.length;
  const { values, vectors } = symmetricEigen(Float64Array.from(matrix.flat()), size);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(values, (value, at) => ({
    value,
    vector: Array.from({ length: size }, (_, row) => vectors[row * size + at]),
  })).filter(({ value }) => Math.abs(value) > LEAST_SHARE * largest);
}

/** Psi' Psi. */
const productsOfPsi = ({ ss, sy, yy }: Gram, gamma: number): number[][] =>
  square(ss.length, (i, j) => yy[i][j] - gamma * (sy[i][j] + sy[j][i]) + gamma ** 2 * ss[i][j]);

/** D + L + L' - gamma S'S, whose inverse is the middle of the compact form. */
const middleOf = ({ ss, sy }: Gram, gamma: number): number[][] =>
  square(ss.length, (i, j) => sy[Math.max(i, j)][Math.min(i, j)] - gamma * ss[i][j]);

/**
 * The spectrum of B for pairs with these dot products, oldest first.
 *
 * @param gamma of the matrix that the updates start from, above 0
 */
export function spectrumOf(gram: Gram, gamma: number): Spectrum {
  const size = gram.ss.length;
  if (size === 0) return { gamma, values: [], columns: [] };
  const middle = middleOf(gram, gamma);
  // B does not change when a pair is scaled; at this scale every update is as large as its curvature.
  const scale = middle.map((row, at) => 1 / Math.sqrt(Math.abs(row[at]) || 1));
  const scaled = (matrix: Matrix) => square(size, (i, j) => scale[i] * scale[j] * matrix[i][j]);
  const span = eigenpairs(scaled(productsOfPsi(gram, gamma))).filter(({ value }) => value > 0);
  const inverse = eigenpairs(scaled(middle));
  // R M R' with Psi = Q R: the update in the orthonormal basis Q.
  const update = square(span.length, (i, j) =>
    total(inverse.length, (at) => {
      const { value, vector } = inverse[at];
      const along = (k: number) => total(size, (row) => span[k].vector[row] * vector[row]);
      return (Math.sqrt(span[i].value * span[j].value) * along(i) * along(j)) / value;
    }),
  );
  const { values, vectors } = symmetricEigen(Float64Array.from(update.flat()), span.length);
  const columns = Array.from(values, (_, k) =>
    scale.map((unit, row) =>
      total(span.length, (at) => {
        const { value, vector } = span[at];
        return (unit * vector[row] * vectors[at * span.length + k]) / Math.sqrt(value);
      }),
    ),
  );
  return { gamma, values: Array.from(values, (value) => value + gamma), columns };
}

/** Coordinates of a vector in the eigenbasis, from its dot products with Psi's columns. */
export const coordinates = ({ columns }: Spectrum, products: readonly number[]): number[] =>
  columns.map((column) => total(column.length, (at) => column[at] * products[at]));

/**
 * How well a new pair updates B, as |s'(y - Bs)| / (|s| |y - Bs|): 0 when the update is not defined or
 * would change nothing. The new pair is the last of `gram`, `spectrum` that of the pairs before it.
 */
export function updateAngle(spectrum: Spectrum, gram: Gram): number {
  const { gamma, values } = spectrum;
  const last = gram.ss.length - 1;
  const psi = productsOfPsi(gram, gamma)[last];
  // psi_i . s for the older pairs, and psi . s of the new one.
  const withStep = gram.ss.map((row, at) => gram.sy[last][at] - gamma * row[last]);
  const step = coordinates(spectrum, withStep.slice(0, last));
  const change = coordinates(spectrum, psi.slice(0, last));
  const bent = step.map((value, at) => (values[at] - gamma) * value);
  const residual =
    psi[last] - total(bent.length, (at) => 2 * change[at] * bent[at] - bent[at] ** 2);
  const along = withStep[last] - total(bent.length, (at) => step[at] * bent[at]);
  const size = gram.ss[last][last] * residual;
  return size > 0 ? Math.abs(along) / Math.sqrt(size) : 0;
}
