// The score from which boxes are said, chosen on images whose boxes are known.

import { BOX, type BoxLabels } from "../../data/index.js";
import { CELL_OUTPUTS, countCells } from "../../models/cells.js";
import type { Constants, ImageSize, Tuner } from "../task.js";
import { foundBoxes } from "./found.js";
import { findOptions, saidFrom } from "./rule.js";

/** Scores that are tried. */
const GRID = Array.from({ length: 37 }, (_, at) => (at + 2) / 40);

/** Counts boxes for each score that may be chosen, and chooses that of the smallest error of counts; of equal ones that in use. */
export class BoxTuner implements Tuner {
  /** What may be chosen: at a tie what comes first. */
  private readonly scores: readonly number[];
  /** Sums over images and classes of what numbers of boxes are wrong by, one for each score. */
  private readonly wrong: Float64Array;

  constructor(
    private readonly labels: BoxLabels,
    private readonly constantsNow: Constants,
    private readonly size: ImageSize,
  ) {
    this.scores = [saidFrom(constantsNow), ...GRID];
    this.wrong = new Float64Array(this.scores.length);
  }

  add(output: Float32Array, first: number): void {
    const { size, constantsNow } = this;
    const classes = this.labels.classes.length;
    const numbers = (classes + CELL_OUTPUTS) * countCells(size);
    for (let row = 0; row * numbers < output.length; row++) {
      const own = output.subarray(row * numbers, (row + 1) * numbers);
      const found = foundBoxes({ output: own, classes, size }, findOptions(constantsNow));
      const there = this.countsOf(first + row);
      for (const [at, score] of this.scores.entries()) {
        const off = Float64Array.from(there);
        for (const box of found) if (box[5] >= score) off[box[4]]--;
        this.wrong[at] += off.reduce((sum, by) => sum + Math.abs(by), 0);
      }
    }
  }

  constants(): Constants {
    return { said: [this.scores[this.wrong.indexOf(Math.min(...this.wrong))]] };
  }

  /** Boxes of each class on an image, without those of crowds. */
  private countsOf(image: number): Float64Array {
    const { of, classes } = this.labels;
    const counts = new Float64Array(classes.length);
    for (let at = of.offsets[image]; at < of.offsets[image + 1]; at += BOX) {
      if (of.data[at + 5] === 0) counts[of.data[at + 4]]++;
    }
    return counts;
  }
}
