// Non-maximum suppression: of boxes of one class that lie over each other the best one stays.

import { overlap } from "./overlap.js";

/** Numbers of a found box: left, top, width, height, class and score. */
export const FOUND = 6;

/**
 * The boxes that stay, greedily: from the best score down, each box that lies over no better one of its class by more
 * than `most`. Of equal scores the one that comes first goes first.
 *
 * @param rows left, top, width, height, class and score of each box [boxes, {@link FOUND}]
 * @param most intersection over union up to which two boxes of a class may both stay, 0 to 1
 * @param limit how many may stay
 * @returns their rows, best first
 * @example
 * const near = [[0, 0, 10, 10, 0, 0.9], [1, 0, 10, 10, 0, 0.8], [1, 0, 10, 10, 1, 0.7]];
 * suppress(near, 0.6, 100).map((row) => row[5]); // [0.9, 0.7]
 */
export function suppress(
  rows: readonly (readonly number[])[],
  most: number,
  limit: number,
): readonly (readonly number[])[] {
  const order = [...rows].sort((a, b) => b[5] - a[5]);
  const kept: (readonly number[])[] = [];
  for (const row of order) {
    if (kept.length === limit) break;
    const hidden = kept.some((other) => other[4] === row[4] && overlap(row, 0, other, 0) > most);
    if (!hidden) kept.push(row);
  }
  return kept;
}
