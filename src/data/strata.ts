// Groups of images that a split keeps in proportion, by what is known of the images.

import type { BoxLabels, PointLabels, TagLabels, TokenLabels, ValueLabels } from "./labels.js";

/** All images as one group. */
export const alike = (length: number) => new Int32Array(length);

/** Images by the rarest tag that they have; those without any come last. */
export function rarestTags({ of, classes }: TagLabels, length: number): Int32Array {
  const width = classes.length;
  const counts = classes.map((_, tag) => {
    let count = 0;
    for (let at = 0; at < length; at++) if (of[at * width + tag] === 1) count++;
    return count;
  });
  const order = [...counts.keys()].sort((a, b) => counts[a] - counts[b] || a - b);
  return Int32Array.from({ length }, (_, at) => {
    const rank = order.findIndex((tag) => of[at * width + tag] === 1);
    return rank < 0 ? width : order[rank];
  });
}

/** Groups of values that a split keeps in proportion. */
const QUANTILES = 5;

/** Images by the quantile of their first value. */
export function quantiles({ of, names }: ValueLabels, length: number): Int32Array {
  const first = (at: number) => of[at * names.length];
  const order = Array.from({ length }, (_, at) => at).sort((a, b) => first(a) - first(b) || a - b);
  const result = new Int32Array(length);
  for (const [rank, at] of order.entries()) result[at] = Math.floor((rank * QUANTILES) / length);
  return result;
}

/** Images by the quantile of how many entries they have. */
export const byLength = (
  { of: { offsets } }: PointLabels | BoxLabels | TokenLabels,
  length: number,
): Int32Array => {
  const counts = Float32Array.from({ length }, (_, at) => offsets[at + 1] - offsets[at]);
  return quantiles({ kind: "values", of: counts, names: ["entries"] }, length);
};
