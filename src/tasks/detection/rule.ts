// Which boxes are found and which are said: numbers that are saved with the weights.

import { BOX, type BoxLabels } from "../../data/index.js";
import type { Constants } from "../task.js";
import type { FindOptions } from "./found.js";

/** Cells that hold a box, on average: in theory up to nine. */
const CELLS = 6;

/** Mean number of boxes of an image, without those of crowds. */
function boxesPerImage({ of: { data, offsets } }: BoxLabels): number {
  let boxes = 0;
  for (let at = BOX - 1; at < data.length; at += BOX) if (data[at] === 0) boxes++;
  return boxes / (offsets.length - 1);
}

/**
 * What the task takes from the training labels, and its settings:
 *
 * | name | number | default |
 * |---|---|---|
 * | `cells` | cells that hold a box, in an image on average, at least 1: what the loss is divided by | |
 * | `score` | least score of a box that is found, and so counts in average precision | 0.05 |
 * | `overlap` | intersection over union up to which two boxes of a class may both be found | 0.6 |
 * | `said` | least score of a box that is said and counted | 0.5 |
 */
export const boxConstants = (labels: BoxLabels): Constants => ({
  cells: [Math.max(1, CELLS * boxesPerImage(labels))],
  score: [0.05],
  overlap: [0.6],
  said: [0.5],
});

export const usualCells = ({ cells: [cells] }: Constants): number => cells;

export const findOptions = ({ score: [score], overlap: [overlap] }: Constants): FindOptions => ({
  score,
  overlap,
});

export const saidFrom = ({ said: [said] }: Constants): number => said;
