// Features brought to mean 0 and standard deviation 1 (z-scores) by those of the training part, without which
// distances and penalties belong to the column with the largest numbers.

import { InputError } from "../inputError.js";
import { checkAsked } from "./estimator.js";
import { checkFinite, type Matrix } from "./matrix.js";

/** What brings features to the scale of those that it was fitted to. */
export interface Transformer {
  /** Throws an `InputError` for other columns than were fitted, or numbers that are not finite. */
  transform(features: Matrix): Matrix;
}

/** Means and standard deviations of columns. */
export interface Standardiser extends Transformer {
  readonly means: Float64Array;
  /** Of all samples (divided by n); 1 for a column that is constant, so that it becomes 0. */
  readonly stds: Float64Array;
}

/** Means of the columns. */
export function columnMeans({ data, rows, columns }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) means[at % columns] += data[at];
  return means.map((sum) => sum / rows);
}

/**
 * Columns of which all entries are equal.
 *
 * @example
 * constantColumns(matrixOf([[1, 2], [1, 3]])); // [0]
 */
export function constantColumns({ data, rows, columns }: Matrix): number[] {
  const varies = new Uint8Array(columns);
  for (let at = 0; at < rows * columns; at++) {
    if (data[at] !== data[at % columns]) varies[at % columns] = 1;
  }
  return Array.from(varies.keys()).filter((column) => varies[column] === 0);
}

/**
 * Fits means and standard deviations to the columns of features [samples, columns].
 *
 * @throws InputError for no samples, or naming row and column of a number that is not finite.
 * @example
 * const scale = standardise(matrixOf([[1, 7], [3, 7]]));
 * scale.transform(matrixOf([[5, 7]])).data; // Float64Array.of(3, 0)
 */
export function standardise(features: Matrix): Standardiser {
  const { data, rows, columns } = features;
  if (rows === 0) throw new InputError("standardise: no samples; expected one at least");
  checkFinite(features);
  const means = columnMeans(features);
  const squares = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    squares[at % columns] += (data[at] - means[at % columns]) ** 2;
  }
  const constant = new Set(constantColumns(features));
  const stds = squares.map((sum, column) => (constant.has(column) ? 1 : Math.sqrt(sum / rows)));
  for (const column of constant) means[column] = data[column];
  return {
    means,
    stds,
    transform(asked) {
      checkAsked("standardise", asked, columns);
      const scaled = Float64Array.from(asked.data, (value, at) => {
        const column = at % columns;
        return (value - means[column]) / stds[column];
      });
      return { ...asked, data: scaled };
    },
  };
}
