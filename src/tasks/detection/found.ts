// From what cells say to boxes.

import { CELL_OUTPUTS, cellLevels } from "../../models/cells.js";
import type { ImageSize } from "../task.js";
import { LARGEST } from "./loss.js";
import { suppress } from "./suppress.js";

/** Settings of {@link foundBoxes}, saved with the weights. */
export interface FindOptions {
  /** Least score of a box, 0 to 1. */
  readonly score: number;
  /** Intersection over union from which on the worse of two boxes of a class is left out. */
  readonly overlap: number;
}

/** Boxes of an image before suppression, and behind it. */
const MOST_CANDIDATES = 1000;
const MOST_BOXES = 100;

const logistic = (logit: number) => 1 / (1 + Math.exp(-logit));

/** One image's output, [classes + CELL_OUTPUTS, cells], and what is known of it. */
export interface CellOutput {
  readonly output: Float32Array;
  readonly classes: number;
  /** Of the net's input. */
  readonly size: ImageSize;
}

/** The rows of all boxes of a score: left, top, width, height, class, score, in pixels of the net's input. */
function candidates({ output, classes, size }: CellOutput, least: number): number[][] {
  const rows: number[][] = [];
  const cells = output.length / (classes + CELL_OUTPUTS);
  for (const { stride, height, width, first } of cellLevels(size)) {
    for (let at = 0; at < height * width; at++) {
      const cell = first + at;
      const side = (of: number) =>
        stride * Math.exp(Math.min(output[(classes + of) * cells + cell], LARGEST));
      const central = logistic(output[(classes + 4) * cells + cell]);
      for (let of = 0; of < classes; of++) {
        const score = Math.sqrt(logistic(output[of * cells + cell]) * central);
        if (!(score >= least)) continue;
        const [x, y] = [((at % width) + 0.5) * stride, (Math.floor(at / width) + 0.5) * stride];
        rows.push([x - side(0), y - side(1), side(0) + side(2), side(1) + side(3), of, score]);
      }
    }
  }
  return rows;
}

/** A box within an image of a size. */
function within([left, top, width, height, of, score]: readonly number[], size: ImageSize) {
  const cut = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const [x, y] = [cut(left, size.width), cut(top, size.height)];
  const [right, bottom] = [cut(left + width, size.width), cut(top + height, size.height)];
  return [x, y, right - x, bottom - y, of, score];
}

/**
 * The boxes that a net finds in an image, at most 100, best first: left, top, width, height, class, score, in pixels of
 * the net's input. The score is the geometric mean of the class's probability and of how central the cell is.
 */
export function foundBoxes(
  of: CellOutput,
  { score, overlap }: FindOptions,
): readonly (readonly number[])[] {
  const all = candidates(of, score).sort((a, b) => b[5] - a[5]);
  const rows = all.slice(0, MOST_CANDIDATES).map((row) => within(row, of.size));
  return suppress(rows, overlap, MOST_BOXES);
}
