// PNG files (ISO/IEC 15948) as they are stored: chunks, and rows of numbers without interlacing.

import { inflateSync } from "node:zlib";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Numbers of a pixel by PNG's colour type. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Bits of a number that are read; PNG knows 16, too. */
const DEPTHS = [1, 2, 4, 8];
const HEADER_BYTES = 13;
/** A file of more pixels than this is not unpacked. */
const MOST_PIXELS = 2 ** 28;

/** What a file tells of its pixels. */
export interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly channels: number;
  /** PNG's colour type: 0 grey, 2 colours, 3 indices of a palette, 4 and 6 the first two with opacity. */
  readonly colours: number;
}

/** A chunk of a file. */
interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Of type and content, which the file says itself. */
  readonly checksum: number;
  readonly checked: Uint8Array;
}

/** The chunks of a file. */
export function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw new Error("the file is cut off");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const checked = bytes.subarray(at + 4, at + 8 + length);
    yield { type, data: checked.subarray(4), checked, checksum: view.getUint32(at + 8 + length) };
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
  if (data[10] !== 0 || data[11] !== 0) throw new Error("the header is damaged");
  if (data[12] !== 0) throw new Error("it is interlaced; save it without");
  return { width, height, depth, channels, colours: data[9] };
}

/** The nearest of left, above and above left to their plane (Paeth). */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const a = Math.abs(guess - left);
  const b = Math.abs(guess - above);
  const c = Math.abs(guess - corner);
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

const predictors: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** Bytes of a row without that of its filter, which stands in front. */
export const rowBytes = ({ width, depth, channels }: Header) =>
  Math.ceil((width * depth * channels) / 8);

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

/** The first chunk of a file, which must tell what it holds. */
export function firstHeader(bytes: Uint8Array): Header {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw new Error("it is no PNG file");
  for (const { type, data } of chunksOf(bytes)) {
    if (type === "IHDR") return headerOf(data);
    break;
  }
  throw new Error("the header is missing");
}

/** The rows of a file, each behind the byte of its filter, which is taken back. */
export function rowsOf(bytes: Uint8Array, header: Header): Uint8Array {
  const pieces = [...chunksOf(bytes)].filter(({ type }) => type === "IDAT");
  const packed = Buffer.concat(pieces.map(({ data }) => data));
  const rows = inflateSync(packed, { maxOutputLength: header.height * (rowBytes(header) + 1) });
  unfilter(rows, header);
  return rows;
}
