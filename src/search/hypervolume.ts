// The volume that a front dominates (Zitzler and Thiele 1998): the one number for a front. By slices along the last
// objective (While, Hingston, Barone, Huband 2006, "A faster algorithm for calculating hypervolume", IEEE TEC 10), exact.

import { InputError } from "../inputError.js";
import { dominates } from "./ranking.js";

type Losses = readonly number[];

function volume(points: readonly Losses[], reference: Losses): number {
  const axis = reference.length - 1;
  if (axis === 0) return reference[0] - Math.min(...points.map(([loss]) => loss));
  // Between two heights the slice is what the points below both of them dominate.
  const heights = [...new Set(points.map((point) => point[axis]))].sort((a, b) => a - b);
  let sum = 0;
  for (const [at, height] of heights.entries()) {
    const slice = points
      .filter((point) => point[axis] <= height)
      .map((point) => point.slice(0, axis));
    const next = heights[at + 1] ?? reference[axis];
    const kept = slice.filter((point) => !slice.some((other) => dominates(other, point)));
    sum += (next - height) * volume(kept, reference.slice(0, axis));
  }
  return sum;
}

/**
 * The volume between a front and a reference point that is worse; points that do not lie below it count nothing. Less is
 * better in each objective. The time grows quickly with objectives: for two to four.
 *
 * @param reference one number an objective
 * @throws InputError for points with another number of objectives.
 * @example
 * hypervolume([[1, 2], [2, 1]], [3, 3]); // 3
 */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  const odd = points.find((point) => point.length !== reference.length);
  if (odd || reference.length === 0) {
    throw new InputError(
      `hypervolume: a point has ${odd?.length ?? 0} objectives and the reference ${reference.length}; expected as many, and one at least`,
    );
  }
  const below = points.filter((point) => point.every((loss, at) => loss < reference[at]));
  return below.length === 0 ? 0 : volume(below, reference);
}
