// Metrics of a classifier.

import type { ClassLabels } from "../../data/index.js";
import type { RankedAnswers } from "../precisionRecall.js";
import type { Confusion, MetricInfo, Metrics, MetricValues, OutputReport } from "../task.js";
import { areaUnderCurve } from "./areaUnderCurve.js";
import { ConfusionMatrix, countTopK, predictions } from "./confusion.js";

/** A class is found among so many. */
const TOP = 5;

const share = { better: "higher", unit: "share" } as const;

export const classMetrics: readonly MetricInfo[] = [
  {
    name: "accuracy",
    ...share,
    trained: true,
    description: "share of the images whose class is found",
  },
  {
    name: "balancedAccuracy",
    ...share,
    classesAlike: true,
    description: "mean recall of the classes that occur",
  },
  { name: "top5", ...share, description: "share with the class among the five likeliest" },
  { name: "macroF1", ...share, classesAlike: true, description: "mean F1 of the classes" },
  { name: "auc", ...share, description: "area under the ROC curve, of two classes" },
];

/** Sums over an evaluation; `top5` is there for more than five classes, `auc` for two. */
export class ClassMetrics implements Metrics {
  private readonly matrix: ConfusionMatrix;
  private readonly names: readonly string[];
  private readonly of: Int32Array;
  private readonly said: Int32Array;
  private inTop = 0;
  /** With two classes: how much more the second one is worth than the first, and which it is. */
  private readonly leads: number[] = [];
  private readonly truths: number[] = [];

  constructor({ of, classes }: ClassLabels) {
    this.of = of;
    this.said = new Int32Array(of.length);
    this.names = classes;
    this.matrix = new ConfusionMatrix(classes.length);
  }

  add(logits: Float32Array, indices: Int32Array): void {
    const count = this.names.length;
    const truths = Int32Array.from(indices, (index) => this.of[index]);
    const said = predictions(logits, count);
    this.matrix.add(said, truths);
    for (const [row, index] of indices.entries()) this.said[index] = said[row];
    if (count > TOP) this.inTop += countTopK(logits, truths, count, TOP);
    if (count !== 2) return;
    for (const [row, truth] of truths.entries()) {
      this.leads.push(logits[2 * row + 1] - logits[2 * row]);
      this.truths.push(truth);
    }
  }

  values(): MetricValues {
    const { matrix, names } = this;
    const { accuracy, balancedAccuracy, macroF1 } = matrix;
    return {
      accuracy,
      balancedAccuracy,
      ...(names.length > TOP && { top5: this.inTop / matrix.total }),
      macroF1,
      ...(names.length === 2 && { auc: areaUnderCurve(this.leads, this.truths) }),
    };
  }

  outputs(): OutputReport[] {
    return this.matrix.perClass().map((report, at) => ({ name: this.names[at], ...report }));
  }

  get ranked(): readonly RankedAnswers[] | undefined {
    if (this.names.length !== 2) return undefined;
    return [{ name: this.names[1], scores: this.leads, truths: this.truths }];
  }

  get confusion(): Confusion {
    return { classes: this.names, counts: this.matrix.counts, said: this.said };
  }
}
