// Ridge regression (Hoerl and Kennard 1970, Technometrics 12): linear forms with the least
//   sum of squared errors + penalty * sum of squared weights, the intercepts free.
// It is solved once, by the Cholesky factor of the products of the centred columns.

import { InputError } from "../inputError.js";
import { checkAsked, withDefaults } from "./estimator.js";
import { linearForms, linearParts } from "./linear.js";
import { checkFinite, type Matrix } from "./matrix.js";
import { columnMeans } from "./standardise.js";

const defaults = { penalty: 1 };

/** Linear forms, one for each column of the targets. */
export interface FittedRidge {
  /** [targets, columns] */
  readonly weights: Matrix;
  readonly intercepts: Float64Array;
  /** Values [rows, targets]. Throws an `InputError` for other columns than were fitted, or numbers that are not finite. */
  predict(features: Matrix): Matrix;
}

/** Entries less the means of their columns. */
const centred = ({ data, columns }: Matrix, means: Float64Array): Float64Array =>
  Float64Array.from(data, (value, at) => value - means[at % columns]);

/** Sums over the rows of products of columns: [columns of a, columns of b]. */
function products(a: Float64Array, widthA: number, b: Float64Array, widthB: number): Float64Array {
  const sums = new Float64Array(widthA * widthB);
  for (let row = 0; row * widthA < a.length; row++) {
    for (let i = 0; i < widthA; i++) {
      const factor = a[row * widthA + i];
      for (let j = 0; j < widthB; j++) sums[i * widthB + j] += factor * b[row * widthB + j];
    }
  }
  return sums;
}

/** Refuses columns that say the same, which only a penalty tells apart. */
const SINGULAR = 1e-12;

/** The lower factor L of a symmetric positive definite matrix [size, size], products with a penalty: L L' = matrix. */
function factorise(matrix: Float64Array, size: number, penalty: number): Float64Array {
  const lower = matrix.slice();
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = matrix[row * size + column];
      for (let k = 0; k < column; k++) sum -= lower[row * size + k] * lower[column * size + k];
      if (row > column) lower[row * size + column] = sum / lower[column * size + column];
      else if (sum > SINGULAR * matrix[row * size + row]) lower[row * size + row] = Math.sqrt(sum);
      else {
        throw new InputError(
          `ridge: column ${column} is constant, or a sum of others, or too large to be squared, and the penalty of ${penalty} ` +
            "does not tell them apart; standardise the columns, or give a larger one",
        );
      }
    }
  }
  return lower;
}

/** Solves L L' x = b for the columns of b [size, width], in place. */
function solve(lower: Float64Array, size: number, b: Float64Array, width: number): void {
  for (let at = 0; at < width; at++) {
    for (let row = 0; row < size; row++) {
      let sum = b[row * width + at];
      for (let k = 0; k < row; k++) sum -= lower[row * size + k] * b[k * width + at];
      b[row * width + at] = sum / lower[row * size + row];
    }
    for (let row = size - 1; row >= 0; row--) {
      let sum = b[row * width + at];
      for (let k = row + 1; k < size; k++) sum -= lower[k * size + row] * b[k * width + at];
      b[row * width + at] = sum / lower[row * size + row];
    }
  }
}

/**
 * Fits linear forms of features [samples, columns] to targets [samples, targets].
 *
 * @param options `penalty`, 1: what squared weights count against squared errors
 * @throws InputError for other than as many targets as samples, no samples, a penalty below 0, numbers that are not finite, and
 *   without a penalty for columns of which one is a sum of others.
 * @example
 * const fitted = ridge(matrixOf([[-1], [0], [1]]), matrixOf([[1], [2], [3]]), { penalty: 2 });
 * fitted.weights.data; // Float64Array.of(0.5)
 * fitted.predict(matrixOf([[2]])).data; // Float64Array.of(3)
 */
export function ridge(
  features: Matrix,
  targets: Matrix,
  options?: Partial<typeof defaults>,
): FittedRidge {
  const { penalty } = withDefaults("ridge", defaults, options);
  const { rows, columns } = features;
  if (penalty < 0) {
    throw new InputError(`ridge: option penalty is ${penalty}; expected a number from 0 on`);
  }
  if (rows === 0 || targets.rows !== rows) {
    throw new InputError(
      `ridge: ${targets.rows} rows of targets for ${rows} samples; expected one each`,
    );
  }
  checkFinite(features);
  checkFinite(targets);
  const [means, targetMeans] = [columnMeans(features), columnMeans(targets)];
  const x = centred(features, means);
  const y = centred(targets, targetMeans);
  const gram = products(x, columns, x, columns);
  for (let at = 0; at < columns; at++) gram[at * columns + at] += penalty;
  const solved = products(x, columns, y, targets.columns);
  solve(factorise(gram, columns, penalty), columns, solved, targets.columns);
  // As linear forms have them: the weights of a target in a row, the intercept behind them.
  const w = new Float64Array(targets.columns * (columns + 1));
  for (let k = 0; k < targets.columns; k++) {
    const first = k * (columns + 1);
    w[first + columns] = targetMeans[k];
    for (let at = 0; at < columns; at++) {
      w[first + at] = solved[at * targets.columns + k];
      w[first + columns] -= w[first + at] * means[at];
    }
  }
  return {
    ...linearParts(w, targets.columns),
    predict(asked) {
      checkAsked("ridge", asked, columns);
      const data = linearForms(asked, w, targets.columns);
      return { data, rows: asked.rows, columns: targets.columns };
    },
  };
}
