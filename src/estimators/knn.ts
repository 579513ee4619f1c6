// Classes by vote of the nearest neighbours (Fix and Hodges 1951; Cover and Hart 1967, "Nearest neighbor pattern
// classification", IEEE Transactions on Information Theory 13). Distances are Euclidean and features count as they
// are: standardise them first.

import { InputError } from "../inputError.js";
import {
  byScores,
  type Classifier,
  checkAsked,
  checkTraining,
  checkWhole,
  withDefaults,
} from "./estimator.js";
import { type Matrix, rowOf } from "./matrix.js";

const defaults = { k: 5 };

/** Squared distance of two rows; infinite as soon as it is known to reach `limit`. */
function squaredDistance(a: Matrix["data"], b: Matrix["data"], limit: number): number {
  let sum = 0;
  for (let at = 0; at < a.length; ) {
    // The limit is asked for now and then only: a comparison costs as much as a column.
    for (const end = Math.min(a.length, at + 16); at < end; at++) sum += (a[at] - b[at]) ** 2;
    if (sum >= limit) return Number.POSITIVE_INFINITY;
  }
  return sum;
}

/**
 * The nearest rows of `among` to each row of `of`: indices [rows, k], the nearest first; of equally near ones that with
 * the smaller index.
 *
 * @example
 * neighbours(matrixOf([[2]]), matrixOf([[0], [1], [3]]), 2); // Int32Array.of(1, 2)
 */
export function neighbours(of: Matrix, among: Matrix, k: number): Int32Array {
  const found = new Int32Array(of.rows * k);
  const rows = Array.from({ length: among.rows }, (_, row) => rowOf(among, row));
  const distances = new Float64Array(k);
  const indices = new Int32Array(k);
  for (let row = 0; row < of.rows; row++) {
    const here = rowOf(of, row);
    distances.fill(Number.POSITIVE_INFINITY);
    for (let other = 0; other < rows.length; other++) {
      const distance = squaredDistance(here, rows[other], distances[k - 1]);
      if (other >= k && distance >= distances[k - 1]) continue;
      let at = Math.min(other, k - 1);
      for (; at > 0 && distances[at - 1] > distance; at--) {
        distances[at] = distances[at - 1];
        indices[at] = indices[at - 1];
      }
      distances[at] = distance;
      indices[at] = other;
    }
    found.set(indices, row * k);
  }
  return found;
}

/**
 * k nearest neighbours. Scores are shares of the votes. Options: `k` neighbours, 5.
 *
 * @example
 * const features = matrixOf([[0], [1], [2], [10], [11], [12]]);
 * const fitted = knn.fit(features, Int32Array.of(0, 0, 0, 1, 1, 1), { k: 3 });
 * fitted.predict(matrixOf([[3], [9]])); // Int32Array.of(0, 1)
 */
export const knn: Classifier = {
  name: "knn",
  description: "vote of the k nearest neighbours",
  source: "Cover and Hart 1967, IEEE Transactions on Information Theory 13",
  defaults,
  fit(features, classes, options) {
    const { k } = withDefaults("knn", defaults, options);
    checkWhole("knn", "k", k, 1);
    const known = checkTraining("knn", features, classes);
    if (k > features.rows) {
      throw new InputError(
        `knn: ${features.rows} samples; expected ${k} at least, one for each neighbour (k)`,
      );
    }
    const { length } = known.classes;
    return byScores(known.classes, (asked) => {
      checkAsked("knn", asked, features.columns);
      const votes = new Float64Array(asked.rows * length);
      const near = neighbours(asked, features, k);
      for (let at = 0; at < near.length; at++) {
        votes[Math.floor(at / k) * length + known.of[near[at]]]++;
      }
      return { data: votes.map((count) => count / k), rows: asked.rows, columns: length };
    });
  },
};
