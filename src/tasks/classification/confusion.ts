// Measures of a classifier, from counts that add up over batches (a mean of batches' means would
// weigh a short last batch too much).

import { InputError } from "../../inputError.js";
import { likeliest } from "../ahead.js";

/** How one class fares. All shares are 0 where they would be 0 / 0. */
export interface ClassReport {
  /** Share of the images taken for this class that are of it. */
  readonly precision: number;
  /** Share of the images of this class that are taken for it. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Images of this class. */
  readonly support: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function rowsOf(logits: ArrayLike<number>, classes: number): number {
  const rows = logits.length / classes;
  if (!Number.isInteger(rows)) {
    throw new InputError(`metrics: ${logits.length} logits are not rows of ${classes} classes`);
  }
  return rows;
}

function checkLabel(label: number, at: number, classes: number): void {
  if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
    throw new InputError(
      `metrics: label ${label} of sample ${at} is not a class from 0 to ${classes - 1}`,
    );
  }
}

/**
 * The class of the largest logit of each row, the first at a tie. Logits [n, classes].
 *
 * @example
 * [...predictions([0, 2, 1, 5, 4, 3], 3)]; // [1, 0]
 */
export function predictions(logits: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: rowsOf(logits, classes) }, (_, row) =>
    likeliest(logits, classes, row * classes),
  );
}

/**
 * How many rows have their label among the `k` largest logits; at a tie the lower class goes first.
 *
 * @throws InputError when a label is not a class.
 * @example
 * countTopK([0, 2, 1, 5, 4, 3], [2, 2], 3, 2); // 1
 */
export function countTopK(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  k: number,
): number {
  let count = 0;
  for (let row = 0; row < rowsOf(logits, classes); row++) {
    const label = labels[row];
    checkLabel(label, row, classes);
    const own = logits[row * classes + label];
    let before = 0;
    for (let at = 0; at < classes; at++) {
      const other = logits[row * classes + at];
      if (other > own || (other === own && at < label)) before++;
    }
    if (before < k && !Number.isNaN(own)) count++;
  }
  return count;
}

/**
 * Counts of true against predicted classes; batches are added one by one.
 *
 * @example
 * const confusion = new ConfusionMatrix(2);
 * confusion.add([0, 1, 1], [0, 1, 0]);
 * [...confusion.counts]; // [1, 1, 0, 1]
 * confusion.perClass()[0].recall; // 0.5
 * confusion.accuracy; // 2 / 3
 */
export class ConfusionMatrix {
  /** Row-major: `counts[truth * classes + predicted]`. */
  readonly counts: Float64Array;

  constructor(readonly classes: number) {
    this.counts = new Float64Array(classes * classes);
  }

  /** Counts predictions against labels. Throws an `InputError` when one of them is not a class. */
  add(predicted: ArrayLike<number>, labels: ArrayLike<number>): void {
    for (let at = 0; at < labels.length; at++) {
      checkLabel(labels[at], at, this.classes);
      checkLabel(predicted[at], at, this.classes);
      this.counts[labels[at] * this.classes + predicted[at]]++;
    }
  }

  /** Images counted. */
  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Share of the images on the diagonal. */
  get accuracy(): number {
    const right = this.range().reduce((sum, at) => sum + this.count(at, at), 0);
    return ratio(right, this.total);
  }

  /** Mean recall of the classes that occur. */
  get balancedAccuracy(): number {
    const present = this.perClass().filter(({ support }) => support > 0);
    return ratio(
      present.reduce((sum, { recall }) => sum + recall, 0),
      present.length,
    );
  }

  /** Mean F1 of the classes that occur, as truth or as prediction. */
  get macroF1(): number {
    const seen = this.range().filter((at) =>
      this.range().some((other) => this.count(at, other) + this.count(other, at) > 0),
    );
    const classes = this.perClass();
    return ratio(
      seen.reduce((sum, at) => sum + classes[at].f1, 0),
      seen.length,
    );
  }

  /** Precision, recall and the like of each class. */
  perClass(): ClassReport[] {
    return this.range().map((at) => {
      const support = this.range().reduce((sum, other) => sum + this.count(at, other), 0);
      const taken = this.range().reduce((sum, other) => sum + this.count(other, at), 0);
      const right = this.count(at, at);
      return {
        precision: ratio(right, taken),
        recall: ratio(right, support),
        f1: ratio(2 * right, taken + support),
        support,
      };
    });
  }

  private count(truth: number, predicted: number): number {
    return this.counts[truth * this.classes + predicted];
  }

  private range(): number[] {
    return Array.from({ length: this.classes }, (_, at) => at);
  }
}
