// Recursive feature elimination (Guyon, Weston, Barnhill and Vapnik 2002, "Gene selection for cancer classification using
// support vector machines", Machine Learning 46): fit a linear classifier, drop the features of the smallest weights, again.

import { type LinearClassifier, logistic, svm, takeColumns } from "../estimators/index.js";
import { type Labelled, maskOf, type Selector } from "./selector.js";

const linear = { svm, logistic } as const;

const defaults = {
  weights: "svm",
  /** Share of the features that is dropped at a time; one at least. */
  share: 0.1,
};

/** Sum over the classes of a column's squared weights. */
function importance({ weights: { data, rows, columns } }: LinearClassifier): Float64Array {
  const sums = new Float64Array(columns);
  for (let at = 0; at < rows * columns; at++) sums[at % columns] += data[at] ** 2;
  return sums;
}

/** Columns without the least important ones; of equals the later ones go. */
function without(columns: readonly number[], sums: Float64Array, count: number): number[] {
  const order = columns.map((_, at) => at).sort((a, b) => sums[b] - sums[a]);
  return order
    .slice(0, columns.length - count)
    .sort((a, b) => a - b)
    .map((at) => columns[at]);
}

const fitted = ({ features, classes }: Labelled, columns: readonly number[], by: string) =>
  linear[by as keyof typeof linear].fit(takeColumns(features, columns), classes);

/**
 * Recursive feature elimination; of the subsets on the way that of the highest fitness is taken. It needs far fewer
 * evaluations than it may have. Options: `weights` of `svm` (default) or `logistic`; `share` dropped at a time, 0.1.
 */
export const rfe: Selector = {
  name: "rfe",
  description: "recursive elimination by the weights of a linear classifier",
  source: "Guyon, Weston, Barnhill and Vapnik 2002, Machine Learning 46",
  defaults,
  choices: { weights: Object.keys(linear) },
  search({ train, fitness }, options) {
    let columns = Array.from({ length: fitness.columns }, (_, at) => at);
    while (fitness.left > 0) {
      fitness.of(maskOf(columns, fitness.columns));
      if (columns.length === 1) break;
      const sums = importance(fitted(train, columns, String(options.weights)));
      const count = Math.floor(Number(options.share) * columns.length);
      columns = without(columns, sums, Math.min(columns.length - 1, Math.max(1, count)));
    }
  },
};
