// How many things of each class an image has, and how far always saying the mean is off.

import { BOX, type BoxLabels, POINT, type PointLabels } from "./labels.js";

/** Where an entry of each kind has its class. */
const entries = { points: { size: POINT, class: 2 }, boxes: { size: BOX, class: 4 } } as const;

/** Points or boxes of each class of each image [length][classes]. */
export function countsPerImage({ kind, of, classes }: PointLabels | BoxLabels): number[][] {
  const { size, class: at } = entries[kind];
  const { data, offsets } = of;
  return Array.from({ length: offsets.length - 1 }, (_, image) => {
    const counts = classes.map(() => 0);
    for (let k = offsets[image]; k < offsets[image + 1]; k += size) counts[data[k + at]]++;
    return counts;
  });
}

/** Means over the rows, of which each has as many numbers; numbers that are not known do not count. */
export const columnMeans = (rows: readonly ArrayLike<number>[]): number[] =>
  Array.from({ length: rows[0]?.length ?? 0 }, (_, column) => {
    const known = rows.map((row) => row[column]).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });

/** Mean absolute error of saying `means` of every row, averaged over the columns. */
export function constantError(
  rows: readonly ArrayLike<number>[],
  means: readonly number[],
): number {
  const errors = columnMeans(
    rows.map((row) => means.map((mean, column) => Math.abs(row[column] - mean))),
  ).filter((error) => !Number.isNaN(error));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
