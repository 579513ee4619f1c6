// The numbers that a PNG file stores for its pixels (ISO/IEC 15948): indices of a palette or levels of grey, which image
// libraries turn into colours. Masks are kept so.

import { inflateSync } from "node:zlib";
import type { Size } from "../images.js";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Numbers of a pixel by PNG's colour type. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Bits of a number that a mask may have; PNG knows 16, too. */
const DEPTHS = [1, 2, 4, 8];
const HEADER_BYTES = 13;
/** A mask of more pixels than this is not unpacked. */
const MOST_PIXELS = 2 ** 28;

/** A number for each pixel, u8 [height, width]. */
export interface PixelNumbers extends Size {
  readonly of: Uint8Array;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly channels: number;
}

/** The chunks of a file, by type and content. */
function* chunksOf(bytes: Uint8Array): Generator<{ type: string; data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw new Error("the file is cut off");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    if (type === "IEND") return;
    at += 12 + length;
  }
  throw new Error("the file is cut off");
}

function headerOf(data: Uint8Array): Header {
  if (data.length !== HEADER_BYTES) throw new Error("the header is damaged");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height, depth] = [view.getUint32(0), view.getUint32(4), data[8]];
  const channels = channelsOf[data[9]];
  if (channels === undefined || width * height === 0) throw new Error("the header is damaged");
  if (width * height > MOST_PIXELS) throw new Error(`${width}x${height} pixels are too many`);
  if (!DEPTHS.includes(depth)) {
    throw new Error(`its numbers have ${depth} bits; expected ${DEPTHS.join(", ")}`);
  }
  if (depth < 8 && channels > 1) throw new Error("the header is damaged");
  if (data[12] !== 0) throw new Error("it is interlaced; save it without");
  return { width, height, depth, channels };
}

/** The nearest of left, above and above left to their plane (Paeth). */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(guess - value));
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

const predictors: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** Bytes of a row without that of its filter. */
const rowBytes = ({ width, depth, channels }: Header) => Math.ceil((width * depth * channels) / 8);

/** Takes the filters of the rows back, in place. */
function unfilter(raw: Uint8Array, header: Header): void {
  const { height, depth, channels } = header;
  const row = rowBytes(header);
  const step = Math.max(1, (depth * channels) >> 3);
  if (raw.length !== height * (row + 1)) throw new Error("its pixels are cut off or damaged");
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1) + 1;
    const predict = predictors[raw[start - 1]];
    if (!predict) throw new Error("its pixels are damaged");
    for (let at = 0; at < row; at++) {
      const left = at >= step ? raw[start + at - step] : 0;
      const above = y > 0 ? raw[start + at - row - 1] : 0;
      const corner = at >= step && y > 0 ? raw[start + at - row - 1 - step] : 0;
      raw[start + at] += predict(left, above, corner);
    }
  }
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

/** The first chunk of a file, which must tell what it holds. */
function firstHeader(bytes: Uint8Array): Header {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw new Error("it is no PNG file");
  for (const { type, data } of chunksOf(bytes)) {
    if (type === "IHDR") return headerOf(data);
    break;
  }
  throw new Error("the header is missing");
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
  const pieces = [...chunksOf(bytes)].filter(({ type }) => type === "IDAT");
  const packed = Buffer.concat(pieces.map(({ data }) => data));
  const raw = inflateSync(packed, { maxOutputLength: header.height * (rowBytes(header) + 1) });
  unfilter(raw, header);
  const { width, height } = header;
  return { width, height, of: numbersOf(raw, header, legend) };
}
