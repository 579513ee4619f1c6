// Metrics of segmentation, from one matrix of counts over all pixels of all images.

import { IGNORED, type MaskLabels } from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import { likeliest } from "../ahead.js";
import { ConfusionMatrix } from "../classification/confusion.js";
import type { Confusion, MetricInfo, Metrics, MetricValues, OutputReport } from "../task.js";
import { MASK } from "./targets.js";

const share = { better: "higher", unit: "share" } as const;

export const pixelMetrics: readonly MetricInfo[] = [
  {
    name: "miou",
    ...share,
    classesAlike: true,
    description: "intersection over union of each class that occurs, averaged",
  },
  {
    name: "pixelAccuracy",
    ...share,
    trained: true,
    description: "share of the pixels that are right",
  },
];

/**
 * Sums over an evaluation, of masks in the size of the net's output. A pixel is taken for the class of its largest
 * logit, the lower one at a tie. `miou` is scikit-learn's `jaccard_score(average="macro")` of all pixels together: a
 * class that is neither there nor said has no part in it, one that is only said counts 0.
 */
export class PixelMetrics implements Metrics {
  private readonly matrix: ConfusionMatrix;

  constructor(private readonly labels: MaskLabels) {
    this.matrix = new ConfusionMatrix(labels.classes.length);
  }

  add(
    output: Float32Array,
    indices: Int32Array,
    { [MASK]: masks }: Readonly<Record<string, Buffer>>,
  ): void {
    const classes = this.labels.classes.length;
    const pixels = output.length / (indices.length * classes);
    for (const row of indices.keys()) {
      const logits = output.subarray(row * classes * pixels, (row + 1) * classes * pixels);
      this.addImage(logits, masks.subarray(row * pixels, (row + 1) * pixels));
    }
  }

  private addImage(logits: Float32Array, mask: Buffer): void {
    const { counts, classes } = this.matrix;
    for (let at = 0; at < mask.length; at++) {
      if (mask[at] === IGNORED) continue;
      counts[mask[at] * classes + likeliest(logits, classes, at, mask.length)]++;
    }
  }

  values(): MetricValues {
    // A class that is neither there nor said has no union.
    const ious = this.outputs().filter(({ iou }) => !Number.isNaN(iou));
    return {
      miou: ious.reduce((sum, { iou }) => sum + (iou as number), 0) / ious.length,
      pixelAccuracy: this.matrix.accuracy,
    };
  }

  outputs(): OutputReport[] {
    const { counts, classes } = this.matrix;
    return this.matrix.perClass().map((report, at) => {
      const right = counts[at * classes + at];
      let said = 0;
      for (let truth = 0; truth < classes; truth++) said += counts[truth * classes + at];
      return {
        name: this.labels.classes[at],
        iou: right / (report.support + said - right),
        ...report,
      };
    });
  }

  get confusion(): Confusion {
    return { classes: this.labels.classes, counts: this.matrix.counts };
  }
}
