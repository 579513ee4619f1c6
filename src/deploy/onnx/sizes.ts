// Sizes that follow the batch. A graph is static, so it is built for two batches; what differs between the two grows with
// the number of images.

import type { Shape } from "../../tensor/shape.js";

/** The batches that a graph is built for. */
export const BATCHES = [2, 3] as const;

/** A size of an axis: a number, or so many times the batch. */
export type Size = number | { readonly times: number };

/** Whether a size does not depend on the batch. */
export const isFixed = (size: Size): size is number => typeof size === "number";

/**
 * Sizes of both graphs as one.
 *
 * @throws RangeError for one that is not a multiple of the batch
 */
export function sizesOf(one: Shape, other: Shape): Size[] {
  const [a, b] = BATCHES;
  return one.map((size, axis) => {
    if (size === other[axis]) return size;
    const times = size / a;
    if (times * b === other[axis] && Number.isInteger(times)) return { times };
    throw new RangeError(
      `a size of ${size} for a batch of ${a} and of ${other[axis]} for ${b} does not grow with the batch`,
    );
  });
}
