// Metrics of detection: how precise boxes are, and how many there are of each class.

import { type Affine, BOX, type BoxLabels, inverse, mapBox, type Size } from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import type { Constants, MetricInfo, Metrics, MetricValues, OutputReport } from "../task.js";
import { AveragePrecision } from "./averagePrecision.js";
import { foundBoxes } from "./found.js";
import { findOptions, saidFrom } from "./rule.js";
import { VIEW } from "./targets.js";

const share = { better: "higher", unit: "share" } as const;

export const boxMetrics: readonly MetricInfo[] = [
  {
    name: "ap50",
    ...share,
    description: "COCO's AP50: average precision at an overlap of a half, mean over the classes",
  },
  { name: "ap", ...share, description: "COCO's AP: the mean over overlaps from 0.5 to 0.95" },
  { name: "ap75", ...share, description: "COCO's AP75: at an overlap of three quarters" },
  { name: "ar100", ...share, description: "COCO's AR100: recall of the best 100 boxes, same mean" },
  {
    name: "countError",
    better: "lower",
    unit: "number",
    description: "by how many boxes of a class an image's number is wrong, on average",
  },
];

/** Rows of left, top, width, height, class and a last number, of rows with right and bottom. */
const extents = (rows: ArrayLike<number>): number[] =>
  Array.from(rows, (value, at) =>
    at % BOX === 2 || at % BOX === 3 ? value - rows[at - 2] : value,
  );

/**
 * Sums over an evaluation, in pixels of the images as they are stored. Boxes of crowds count in no number.
 */
export class BoxMetrics implements Metrics {
  private readonly precision: AveragePrecision;
  private readonly options;
  private readonly said: number;
  /** Boxes of each class, and by how many the images' numbers are wrong. */
  private readonly there: Float64Array;
  private readonly wrong: Float64Array;
  private images = 0;

  constructor(
    private readonly labels: BoxLabels,
    constants: Constants,
    private readonly size: Size,
  ) {
    const { length } = labels.classes;
    this.precision = new AveragePrecision(length);
    this.options = findOptions(constants);
    this.said = saidFrom(constants);
    this.there = new Float64Array(length);
    this.wrong = new Float64Array(length);
  }

  add(
    output: Float32Array,
    indices: Int32Array,
    { [VIEW]: views }: Readonly<Record<string, Buffer>>,
  ): void {
    const numbers = output.length / indices.length;
    for (const [row, image] of indices.entries()) {
      const own = output.subarray(row * numbers, (row + 1) * numbers);
      this.addImage(own, image, views.subarray(row * 8, (row + 1) * 8));
    }
  }

  private addImage(output: Float32Array, image: number, view: ArrayLike<number>): void {
    const { of, classes } = this.labels;
    const [a, b, c, d, e, f, height, width] = Array.from(view);
    const back = inverse([a, b, c, d, e, f] satisfies Affine);
    const found = foundBoxes(
      { output, classes: classes.length, size: this.size },
      this.options,
    ).map(([left, top, w, h, ...rest]) => [
      ...mapBox([left, top, left + w, top + h], back, { height, width }).box,
      ...rest,
    ]);
    const truth = of.data.subarray(of.offsets[image], of.offsets[image + 1]);
    this.precision.add(extents(truth), extents(found.flat()));
    this.images++;
    this.count(
      truth,
      found.filter((row) => row[5] >= this.said),
    );
  }

  private count(truth: ArrayLike<number>, said: readonly (readonly number[])[]): void {
    const difference = new Float64Array(this.there.length);
    for (let at = 0; at < truth.length; at += BOX) {
      if (truth[at + 5] === 1) continue;
      difference[truth[at + 4]]++;
      this.there[truth[at + 4]]++;
    }
    for (const row of said) difference[row[4]]--;
    for (const [of, by] of difference.entries()) this.wrong[of] += Math.abs(by);
  }

  values(): MetricValues {
    const { ap50, ap, ap75, ar100 } = this.precision.values();
    const wrong = this.wrong.reduce((sum, value) => sum + value, 0);
    return { ap50, ap, ap75, ar100, countError: wrong / (this.images * this.wrong.length) };
  }

  outputs(): OutputReport[] {
    return this.labels.classes.map((name, of) => ({
      name,
      support: this.there[of],
      ...this.precision.ofClass(of),
      countError: this.wrong[of] / this.images,
    }));
  }
}
