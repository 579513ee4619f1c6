// Linear forms of features: what logistic regression and the linear SVM share. Parameters are one vector
// [outputs, columns + 1]; the last of each row is the intercept.

import type { Matrix } from "./matrix.js";

/** Values [rows, outputs] of linear forms. */
export function linearForms(
  { data, rows, columns }: Matrix,
  w: Float64Array,
  outputs: number,
): Float64Array {
  const values = new Float64Array(rows * outputs);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < outputs; k++) {
      const from = k * (columns + 1);
      let sum = w[from + columns];
      for (let at = 0; at < columns; at++) sum += data[row * columns + at] * w[from + at];
      values[to++] = sum;
    }
  }
  return values;
}

/** What changes of the values [rows, outputs] mean for the parameters: the forms' transpose. */
export function linearGradient(
  { data, rows, columns }: Matrix,
  d: Float64Array,
  outputs: number,
): Float64Array {
  const gradient = new Float64Array(outputs * (columns + 1));
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < outputs; k++) {
      const factor = d[row * outputs + k];
      if (factor === 0) continue;
      const to = k * (columns + 1);
      for (let at = 0; at < columns; at++) gradient[to + at] += factor * data[row * columns + at];
      gradient[to + columns] += factor;
    }
  }
  return gradient;
}

/** Weights [outputs, columns] and intercepts of parameters. */
export function linearParts(
  w: Float64Array,
  outputs: number,
): { weights: Matrix; intercepts: Float64Array } {
  const width = w.length / outputs;
  const data = w.filter((_, at) => at % width < width - 1);
  return {
    weights: { data, rows: outputs, columns: width - 1 },
    intercepts: w.filter((_, at) => at % width === width - 1),
  };
}
