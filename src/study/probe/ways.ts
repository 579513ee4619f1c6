// How features are asked what they know, the net staying as it is: by a linear classifier, and by neighbours.

import {
  accuracy,
  inSingle,
  logistic,
  type Matrix,
  rowOf,
  standardise,
} from "../../estimators/index.js";
import { largest, NEIGHBOURS, similarities, unitRows, vote } from "../../tasks/index.js";

/** Rows with a class each. */
export interface Classed {
  readonly features: Matrix;
  readonly classes: Int32Array;
}

/** What a way learns from, chooses by and is tested on. */
export interface Question {
  readonly train: Classed;
  readonly selection: Classed;
  readonly test: Classed;
}

/** A way to tell classes by features: a new one is a row of the table below. */
export type Way = (question: Question) => number;

/** How much the loss counts against the penalty; what tells the selection images best is taken. */
const STRENGTHS = [1e-3, 1e-2, 1e-1, 1] as const;

/** Fits end where the gradient has become so small a share: what is told is settled long before the last digits are. */
const TOLERANCE = 1e-3;

const linear: Way = ({ train, selection, test }) => {
  const { transform } = standardise(train.features);
  const features = transform(train.features);
  const tried = STRENGTHS.map((c) => {
    const fitted = logistic.fit(features, train.classes, { c, tolerance: TOLERANCE });
    return {
      fitted,
      right: accuracy(fitted.predict(transform(selection.features)), selection.classes),
    };
  });
  const best = tried.reduce((a, b) => (b.right > a.right ? b : a));
  return accuracy(best.fitted.predict(transform(test.features)), test.classes);
};

const knn: Way = ({ train, test }) => {
  const { columns, rows } = train.features;
  const table = unitRows(inSingle(train.features), columns);
  const asked = { ...test.features, data: unitRows(inSingle(test.features), columns) };
  const classes = train.classes.reduce((a, b) => Math.max(a, b), 0) + 1;
  const similar = new Float32Array(rows);
  const said = Int32Array.from(test.classes, (_, row) => {
    similarities(rowOf(asked, row) as Float32Array, table, similar);
    return vote(similar, largest(similar, Math.min(NEIGHBOURS, rows)), train.classes, classes);
  });
  return accuracy(said, test.classes);
};

/** All ways, by name. */
export const ways = { linear, knn } satisfies Record<string, Way>;
