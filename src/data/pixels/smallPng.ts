// Small PNG files of grey or colours, whose pixels are the stored numbers. An image library takes longer to begin with one
// than to read it; what is in any way unusual is left to it.

import { crc32 } from "../../tensor/crc32.js";
import type { Image } from "../images.js";
import { chunksOf, firstHeader, rowBytes, rowsOf } from "./pngFile.js";

/** Bytes of pixels of the largest such file: beyond, a library in threads of its own is faster. */
const MOST = 2 ** 14;
/** Colour types whose numbers are pixels. */
const [GREY, COLOURS] = [0, 2];
/** Pixels that do not compress, and a little beside them; what has more is not about its pixels. */
const MOST_BYTES = 2 * MOST;
/** Chunks that change nothing about what is seen. */
const PLAIN = ["IHDR", "IDAT", "IEND", "pHYs", "tEXt", "tIME"];

/** An image with one channel or three; `undefined` for any file that is none of these, and for a damaged one. */
export function smallPng(file: Uint8Array): Image | undefined {
  if (file[0] !== 0x89 || file.length > MOST_BYTES) return undefined;
  try {
    const header = firstHeader(file);
    const { height, width, depth, channels, colours } = header;
    const row = rowBytes(header);
    if (depth !== 8 || (colours !== GREY && colours !== COLOURS) || height * row > MOST) {
      return undefined;
    }
    for (const { type, checked, checksum } of chunksOf(file)) {
      if (!PLAIN.includes(type) || crc32(checked) !== checksum) return undefined;
    }
    const rows = rowsOf(file, header);
    const data = new Uint8Array(height * row);
    for (let y = 0; y < height; y++) {
      const start = y * (row + 1) + 1;
      data.set(rows.subarray(start, start + row), y * row);
    }
    return { height, width, channels, data };
  } catch {
    // The library says what is wrong with it.
    return undefined;
  }
}
