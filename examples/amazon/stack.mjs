// The second level: each tag by ridge regression from the probabilities of all tags of several nets, since tags tell of each
// other. It is fitted on the selection part, and what thresholds are chosen by is said by folds that were not fitted to.

import { matrix, ridge } from "convoynet/estimators";
import { Random } from "convoynet/tensor";

const FOLDS = 5;
const PENALTIES = [0.1, 1, 10, 100];

/** Rows of the probabilities of all members, side by side. */
function together(members, tags) {
  const rows = members[0].length / tags;
  const data = new Float64Array(rows * tags * members.length);
  for (let row = 0; row < rows; row++) {
    for (const [at, member] of members.entries()) {
      data.set(member.slice(row * tags, (row + 1) * tags), (row * members.length + at) * tags);
    }
  }
  return matrix(data, rows, tags * members.length);
}

const taken = ({ data, columns }, rows) =>
  matrix(
    Float64Array.from(
      { length: rows.length * columns },
      (_, at) => data[rows[Math.floor(at / columns)] * columns + (at % columns)],
    ),
    rows.length,
    columns,
  );

/** What each image is told by the folds that it is not in. */
function crossFitted(features, truth, penalty) {
  const order = new Random({ seed: 0, purpose: "split" }).permutation(features.rows);
  const found = new Float64Array(truth.data.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const [held, others] = [true, false].map((inside) =>
      order.filter((_, at) => (at % FOLDS === fold) === inside),
    );
    const fitted = ridge(taken(features, others), taken(truth, others), { penalty });
    const { data } = fitted.predict(taken(features, held));
    for (const [at, row] of held.entries()) {
      found.set(data.subarray(at * truth.columns, (at + 1) * truth.columns), row * truth.columns);
    }
  }
  return found;
}

const squaredError = (found, truth) =>
  found.reduce((sum, value, at) => sum + (value - truth[at]) ** 2, 0);

/**
 * Scores of every tag, row by row, of the selection part (cross-fitted) and of the test part, cut to probabilities.
 *
 * @param members of each part: probabilities of each net
 */
export function stacked(members, { of, classes }) {
  const tags = classes.length;
  const truth = matrix(Float64Array.from(of), of.length / tags, tags);
  const features = together(members.selection, tags);
  const tried = PENALTIES.map((penalty) => {
    const found = crossFitted(features, truth, penalty);
    return { penalty, found, error: squaredError(found, truth.data) };
  });
  const best = tried.reduce((a, b) => (b.error < a.error ? b : a));
  const test = ridge(features, truth, { penalty: best.penalty }).predict(
    together(members.test, tags),
  );
  const cut = (values) => Array.from(values, (value) => Math.min(Math.max(value, 0.001), 0.999));
  return { penalty: best.penalty, selection: cut(best.found), test: cut(test.data) };
}
