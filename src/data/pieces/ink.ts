// The ink of a line: how much of each pixel, whatever paper and pen, in an image as high as is wanted.

import type { Image } from "../images.js";
import { valueBetween } from "../pixels/between.js";

/** Ink as bytes, 0 for none and 255 for the pen's whole strength [height, width]. */
export interface Ink {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** Least difference between paper and ink, in bytes: less is noise. */
const CONTRAST = 48;
/** Pixels of this share are the darkest ones. */
const EXTREME = 0.005;
/** From which byte on a pixel is inked; ruled lines of forms are fainter. */
export const INKED = 140;
/** Rows beside the ink, of each 28. */
const MARGIN = 2 / 28;
/** Lines are not blown up by more. */
const LARGEST = 3;

/** What paper and ink are, as bytes; `undefined` where nothing stands out. Ink is what is farther from the usual pixel. */
function levels({ data }: Image): { readonly paper: number; readonly pen: number } | undefined {
  const sorted = data.slice().sort();
  const last = sorted.length - 1;
  const paper = (sorted[last >> 1] + sorted[last - (last >> 1)]) / 2;
  const few = Math.floor(EXTREME * last);
  const [dark, bright] = [sorted[few], sorted[last - few]];
  const pen = bright - paper >= paper - dark ? bright : dark;
  return Math.abs(pen - paper) < CONTRAST ? undefined : { paper, pen };
}

/** First and last row that has ink, of two pixels at least, as a speck has not. */
function band(share: Uint8Array, height: number, width: number) {
  const inked = (y: number) => {
    let count = 0;
    for (let x = 0; x < width; x++) if (share[y * width + x] >= INKED) count++;
    return count >= 2;
  };
  let [top, bottom] = [0, height - 1];
  while (top < height && !inked(top)) top++;
  while (bottom > top && !inked(bottom)) bottom--;
  return { top, bottom: bottom + 1 };
}

/** The ink of a line, and which columns of the image those of the ink are. */
export interface InkedLine extends Ink {
  /** Columns of the image to one of the ink: column `x` begins at `x * scale`. */
  readonly scale: number;
}

/**
 * The ink of a grey image of a line, dark or bright, scaled so that from its highest to its lowest place it fills `side` rows
 * but for a small margin; `undefined` where there is none.
 */
export function inkedLine(image: Image, side: number): InkedLine | undefined {
  const found = levels(image);
  if (!found) return undefined;
  const { height, width } = image;
  const { paper, pen } = found;
  const share = Uint8Array.from(image.data, (byte) =>
    Math.round(255 * Math.min(1, Math.max(0, (byte - paper) / (pen - paper)))),
  );
  const { top, bottom } = band(share, height, width);
  if (top === height) return undefined;
  const margin = MARGIN * side;
  const scale = Math.max((bottom - top) / (side - 2 * margin), 1 / LARGEST);
  const from = { height, width, data: share };
  const wide = Math.max(1, Math.round(width / scale));
  const data = new Uint8Array(side * wide);
  // The ink stands in the middle where it is not blown up to the whole height.
  const first = (top + bottom) / 2 - (side / 2) * scale;
  for (let y = 0; y < side; y++) {
    const sy = first + (y + 0.5) * scale - 0.5;
    if (sy < -0.5 || sy > height - 0.5) continue;
    for (let x = 0; x < wide; x++) {
      data[y * wide + x] = Math.round(valueBetween(from, (x + 0.5) * scale - 0.5, sy));
    }
  }
  return { height: side, width: wide, data, scale };
}
