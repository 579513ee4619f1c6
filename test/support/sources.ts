// Where stored images of one size lie, as `gather` takes it.

import type { Size } from "../../src/data/images.js";

/** Sources of images by number, -1 for no partner: two of each sample. */
export function sourcesOf(
  indices: Iterable<number>,
  { height, width, channels }: Size & { readonly channels: number },
): Float64Array {
  const bytes = height * width * channels;
  return Float64Array.from(
    [...indices].flatMap((at) => (at === -1 ? [-1, 0, 0] : [at * bytes, height, width])),
  );
}

/** A sample's fields: its map, and box, weight, the partner's map and the box that shows it alone. */
export const fieldsOf = (
  map: readonly number[],
  box: readonly number[] = [0, 0, 0, 0],
  weight = 1,
  partner: readonly number[] = map,
  patch: readonly number[] = [0, 0, 0, 0],
): number[] => [...map, ...box, weight, ...partner, ...patch];
