// The numbers that a PNG file stores for its pixels (ISO/IEC 15948): indices of a palette or levels of grey, which image
// libraries turn into colours. Masks are kept so.

import type { Size } from "../images.js";
import { firstHeader, type Header, rowBytes, rowsOf } from "../pixels/pngFile.js";

/** A number for each pixel, u8 [height, width]. */
export interface PixelNumbers extends Size {
  readonly of: Uint8Array;
}

/** A colour as a number. */
export const colourKey = (red: number, green: number, blue: number): number =>
  (red << 16) | (green << 8) | blue;

/** The number of a colour at a place in a row: that of a legend, or of a grey its level. */
function numberAt(raw: Uint8Array, at: number, legend: ReadonlyMap<number, number> | undefined) {
  const [red, green, blue] = [raw[at], raw[at + 1], raw[at + 2]];
  const number = legend?.get(colourKey(red, green, blue));
  if (number !== undefined) return number;
  if (legend) throw new Error(`it has the colour ${red}, ${green}, ${blue}, which no class has`);
  if (red === green && red === blue) return red;
  throw new Error(
    "it has colours; expected a number of a class for each pixel (grey or with a palette)",
  );
}

/** Numbers from rows. */
function numbersOf(
  raw: Uint8Array,
  header: Header,
  legend: ReadonlyMap<number, number> | undefined,
): Uint8Array {
  const row = rowBytes(header);
  const { width, height, depth, channels } = header;
  const of = new Uint8Array(width * height);
  const most = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1) + 1;
    for (let x = 0; x < width; x++) {
      if (depth < 8) {
        const bit = x * depth;
        of[y * width + x] = (raw[start + (bit >> 3)] >> (8 - depth - (bit & 7))) & most;
        continue;
      }
      const at = start + x * channels;
      of[y * width + x] = channels >= 3 ? numberAt(raw, at, legend) : raw[at];
    }
  }
  return of;
}

/**
 * The size that a PNG file says it has. Nothing is unpacked.
 *
 * @throws Error, in words, for what is no such file.
 */
export function pngSize(bytes: Uint8Array): Size {
  const { height, width } = firstHeader(bytes);
  return { height, width };
}

/**
 * Reads the stored numbers of a PNG file, as they are: of one bit 0 and 1, of a palette its indices.
 *
 * @param legend numbers of colours by {@link colourKey}, for files with three channels or four
 * @throws Error, in words, for what is no such file.
 */
export function pngNumbers(bytes: Uint8Array, legend?: ReadonlyMap<number, number>): PixelNumbers {
  const header = firstHeader(bytes);
  const raw = rowsOf(bytes, header);
  const { width, height } = header;
  return { width, height, of: numbersOf(raw, header, legend) };
}
