// How the pixels of a file lie, by the tag Orientation of TIFF and Exif: 1 as they are seen, 2 to 8 mirrored or turned.

import type { Bands } from "./bands.js";

/** Orientations in which the file's rows are columns of what is seen. */
export const transposes = (orientation: number): boolean => orientation >= 5 && orientation <= 8;

const ROWS_FROM_BELOW = [3, 4, 6, 7];
const COLUMNS_FROM_RIGHT = [2, 3, 7, 8];

/**
 * The pixels as they are to be seen.
 *
 * @example
 * // A row of two pixels that is a column, seen right.
 * turned({ height: 1, width: 2, channels: 1, data: Uint8Array.of(7, 9) }, 6); // { height: 2, width: 1, channels: 1, data: Uint8Array.of(7, 9) }
 */
export function turned(bands: Bands, orientation: number): Bands {
  const { height, width, channels, data } = bands;
  const across = transposes(orientation);
  const [fromBelow, fromRight] = [ROWS_FROM_BELOW, COLUMNS_FROM_RIGHT].map((list) =>
    list.includes(orientation),
  );
  if (!across && !fromBelow && !fromRight) return bands;
  const to = across ? { height: width, width: height } : { height, width };
  const made = data.slice();
  for (let y = 0, into = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      const [row, column] = across ? [x, y] : [y, x];
      const from =
        (fromBelow ? height - 1 - row : row) * width + (fromRight ? width - 1 - column : column);
      for (let channel = 0; channel < channels; channel++) {
        made[into++] = data[from * channels + channel];
      }
    }
  }
  return { ...to, channels, data: made };
}
