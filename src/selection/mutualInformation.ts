// A filter: features in the order of their mutual information with the class (Guyon and Elisseeff 2003, "An introduction to
// variable and feature selection", JMLR 3), of which the first so many are kept.

import type { Matrix } from "../estimators/index.js";
import { maskOf, type Selector } from "./selector.js";

const defaults = {
  /** Intervals of equally many samples that a column of more values is cut into. */
  bins: 5,
};

/** The number of the interval of each entry; a column of few different values has one for each. */
function binned({ data, rows, columns }: Matrix, column: number, bins: number): Int32Array {
  const entries = Float64Array.from({ length: rows }, (_, row) => data[row * columns + column]);
  const sorted = entries.slice().sort();
  const different = [...new Set(sorted)];
  const edges =
    different.length <= bins
      ? different.slice(1)
      : Array.from({ length: bins - 1 }, (_, at) => sorted[Math.floor(((at + 1) * rows) / bins)]);
  return Int32Array.from(entries, (entry) => edges.filter((edge) => entry >= edge).length);
}

/**
 * Mutual information of a column with the classes, in nats, from the counts of intervals.
 *
 * @example
 * // A column that tells which of two equally frequent classes it is: log 2.
 * const features = matrixOf([[0], [0], [1], [1]]);
 * mutualInformation(features, Int32Array.of(0, 0, 1, 1), 0, 5).toFixed(4); // "0.6931"
 */
export function mutualInformation(
  features: Matrix,
  classes: Int32Array,
  column: number,
  bins: number,
): number {
  const { rows } = features;
  const count = classes.reduce((most, one) => Math.max(most, one + 1), 0);
  const joint = new Float64Array(bins * count);
  const [ofBin, ofClass] = [new Float64Array(bins), new Float64Array(count)];
  for (const [row, bin] of binned(features, column, bins).entries()) {
    joint[bin * count + classes[row]]++;
    ofBin[bin]++;
    ofClass[classes[row]]++;
  }
  return joint.reduce((sum, together, at) => {
    if (together === 0) return sum;
    const alone = ofBin[Math.floor(at / count)] * ofClass[at % count];
    return sum + (together / rows) * Math.log((together * rows) / alone);
  }, 0);
}

/** Numbers of features to try: all of them, or as many as there are evaluations, ever further apart. */
function sizes(columns: number, most: number): number[] {
  if (columns <= most) return Array.from({ length: columns }, (_, at) => at + 1);
  const spread = (at: number) => Math.round(columns ** (at / Math.max(1, most - 1)));
  return [...new Set(Array.from({ length: most }, (_, at) => spread(at)))];
}

/** The mutual information filter; how many features are kept, the fitness decides. Option: `bins`, 5. */
export const mutualInformationFilter: Selector = {
  name: "mi",
  description: "the features of most mutual information with the class",
  source: "Guyon and Elisseeff 2003, JMLR 3",
  defaults,
  search({ train: { features, classes }, fitness }, options) {
    const bins = Math.max(2, Math.floor(Number(options.bins)));
    const known = Array.from({ length: fitness.columns }, (_, column) =>
      mutualInformation(features, classes, column, bins),
    );
    const order = known.map((_, at) => at).sort((a, b) => known[b] - known[a]);
    for (const size of sizes(fitness.columns, fitness.left)) {
      fitness.of(maskOf(order.slice(0, size), fitness.columns));
    }
  },
};
