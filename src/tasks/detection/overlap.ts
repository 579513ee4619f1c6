// How far two boxes lie over each other. A box is left, top, width and height, from a place in a list on, as COCO has it:
// rounded the other way round, boxes that lie over each other by exactly the overlap asked for would be judged otherwise.

export const areaOf = (of: ArrayLike<number>, at: number): number => of[at + 2] * of[at + 3];

/** Area that two boxes have in common; 0 where they do not touch. */
function common(a: ArrayLike<number>, at: number, b: ArrayLike<number>, bt: number): number {
  const width = Math.min(a[at + 2] + a[at], b[bt + 2] + b[bt]) - Math.max(a[at], b[bt]);
  const height =
    Math.min(a[at + 3] + a[at + 1], b[bt + 3] + b[bt + 1]) - Math.max(a[at + 1], b[bt + 1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * Intersection over union of two boxes, 0 to 1; 0 for two that do not touch.
 *
 * @example
 * overlap([0, 0, 2, 1], 0, [1, 0, 2, 1], 0); // 1 / 3
 */
export function overlap(
  a: ArrayLike<number>,
  at: number,
  b: ArrayLike<number>,
  bt: number,
): number {
  const shared = common(a, at, b, bt);
  return shared === 0 ? 0 : shared / (areaOf(a, at) + areaOf(b, bt) - shared);
}

/** Share of the first box's area that lies in the second one: what COCO takes where the second is round a crowd. */
export function shareInside(
  a: ArrayLike<number>,
  at: number,
  b: ArrayLike<number>,
  bt: number,
): number {
  const shared = common(a, at, b, bt);
  return shared === 0 ? 0 : shared / areaOf(a, at);
}
