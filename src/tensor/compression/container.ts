// Numbers in few bytes under a bound of their error, after SZ (Di and Cappello 2016) and COMET (Jin et al.
// 2021, arXiv 2111.09562): a container of chunks. The native engine makes the same bytes in
// native/kernels/compress.cc.
//
// | bytes | little endian |
// |---|---|
// | 0-3 | "CVEX" |
// | 4, 5 | version 1; predictor: 1 for the value before, 2 for the row before, 3 for both |
// | 6-7 | how often the bound was doubled to make everything fit |
// | 8-11 | the bound that holds, f32; 0 where values are stored as they are |
// | 12-27 | numbers: all, side by side, in a row, in a plane |
// | 28-31 | bytes of the container |
// | 32-35 | CRC-32 of bytes 0-31 and the index |
// | 36- | index: for each chunk where its bytes end, and their CRC-32; then the chunks |

import { crc32 } from "../crc32.js";
import { FormatError } from "../formatError.js";
import { type Shape, sizeOf } from "../shape.js";
import {
  CHUNK,
  type Coding,
  LEFT,
  LOST,
  packChunk,
  type Stretch,
  UP,
  unpackChunk,
} from "./chunk.js";

const MAGIC = 0x58455643;
const VERSION = 1;
const HEADER = 36;
const ENTRY = 8;
/**
 * Bounds between which steps are numbers of full precision; a smaller one is 0, under which values are stored as
 * they are.
 */
const LEAST_BOUND = 2 ** -126;
const MOST_BOUND = 2 ** 125;
const SAMPLE_EVERY = 16;
const SAMPLE = 4096;
const PREDICTORS = [0, LEFT, LEFT | UP];
/** Most numbers of a container. */
const MOST = 2 ** 31;

/** Bytes that are enough for so many zeros, whatever rows they lie in: none leaves half of a chunk empty. */
export const roomForZeros = (size: number): number =>
  64 + (ENTRY + 1) * Math.ceil(size / (CHUNK / 2));

/** How numbers lie: `lane` side by side, in rows, in planes; all counted in numbers. */
export interface ValueGrid {
  readonly size: number;
  readonly lane: number;
  readonly row: number;
  readonly plane: number;
}

/** A grid whose rows have room in a chunk; longer ones are cut where that happens to be. */
function gridOf(size: number, lane: number, row: number, plane: number): ValueGrid {
  return row <= CHUNK ? { size, lane, row, plane } : { size, lane: 1, row: CHUNK, plane: CHUNK };
}

/** Rows are along a shape's last axis, planes along the last two. */
export function gridOfShape(shape: Shape): ValueGrid {
  const [row = 1, rows = 1] = shape.toReversed();
  return gridOf(sizeOf(shape), 1, Math.max(row, 1), Math.max(row * rows, 1));
}

/** The chunks of a grid, or the first values of each. */
class Chunks {
  readonly length: number;
  readonly count: number;

  constructor(private readonly grid: ValueGrid) {
    this.length = grid.row * Math.floor(CHUNK / grid.row);
    this.count = Math.ceil(grid.size / this.length);
  }

  at(chunk: number, most = CHUNK): Stretch {
    const { size, lane, row, plane } = this.grid;
    const begin = chunk * this.length;
    const whole = row * Math.max(1, Math.floor(most / row));
    const rows = plane / row;
    return {
      size: Math.min(size - begin, this.length, whole),
      lane,
      row,
      rows,
      first: (begin / row) % rows,
    };
  }

  /** Compresses a chunk of `x`, or its first values. */
  pack(x: Float32Array, chunk: number, coding: Coding, most?: number): Uint8Array {
    const stretch = this.at(chunk, most);
    const begin = chunk * this.length;
    return packChunk(x.subarray(begin, begin + stretch.size), stretch, coding);
  }

  /** Numbers of the chunks that are tried before anything is decided. */
  get samples(): number[] {
    return Array.from({ length: this.count }, (_, at) => at).filter(
      (at) => at % SAMPLE_EVERY === 0,
    );
  }
}

/** The bytes that a coding should make, from a sample. */
function estimate(x: Float32Array, chunks: Chunks, coding: Coding): number {
  const sum = (of: (chunk: number) => number) =>
    chunks.samples.reduce((all, chunk) => all + of(chunk), 0);
  const tried = sum((chunk) => chunks.at(chunk, SAMPLE).size);
  const bytes = sum((chunk) => chunks.pack(x, chunk, coding, SAMPLE).length);
  const whole = tried > 0 ? Math.floor((bytes * x.length) / tried) : 0;
  return HEADER + ENTRY * chunks.count + whole;
}

/** The predictor that makes fewest bytes of a sample. */
function choose(x: Float32Array, chunks: Chunks, bound: number): number {
  const bytes = PREDICTORS.map((predictor) => estimate(x, chunks, { bound, predictor }));
  return PREDICTORS[bytes.indexOf(Math.min(...bytes))];
}

function largestOf(x: Float32Array, chunks: Chunks): number {
  let largest = 0;
  for (const at of chunks.samples) {
    const begin = at * chunks.length;
    for (const value of x.subarray(begin, begin + chunks.at(at, SAMPLE).size)) {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    }
  }
  return largest;
}

const within = (bound: number): number => (bound >= LEAST_BOUND ? Math.min(bound, MOST_BOUND) : 0);

const doubled = (bound: number): number => (bound === 0 ? LEAST_BOUND : within(2 * bound));

const total = (parts: readonly Uint8Array[]) => parts.reduce((sum, { length }) => sum + length, 0);

interface Packed {
  readonly bound: number;
  readonly doublings: number;
  readonly predictor: number;
  readonly parts: readonly Uint8Array[];
}

/** Doubles the bound until the chunks fit; in the end, what is not finite goes. */
function pack(x: Float32Array, chunks: Chunks, start: number, capacity: number): Packed {
  const room = capacity - HEADER - ENTRY * chunks.count;
  const predictor = choose(x, chunks, start);
  for (let [bound, doublings] = [start, 0]; ; bound = doubled(bound), doublings++) {
    const bytes = estimate(x, chunks, { bound, predictor });
    const last = bound >= MOST_BOUND;
    if (!last && bytes + Math.floor(bytes / 64) > capacity) continue;
    const parts = Array.from({ length: chunks.count }, (_, at) =>
      chunks.pack(x, at, { bound, predictor }),
    );
    if (total(parts) <= room) return { bound, doublings, predictor, parts };
    if (!last) continue;
    const left = parts.map((part) => (part.length > 1 ? LOST : part));
    return { bound, doublings, predictor, parts: left };
  }
}

function checksumOf(bytes: Uint8Array, chunks: number): number {
  const head = new Uint8Array(HEADER - 4 + ENTRY * chunks);
  head.set(bytes.subarray(0, HEADER - 4));
  head.set(bytes.subarray(HEADER, HEADER + ENTRY * chunks), HEADER - 4);
  return crc32(head);
}

/** What {@link compressGrid} makes. */
export interface Compressed {
  readonly bytes: Uint8Array;
  /** That holds, and how often the one asked for was doubled to that end. */
  readonly bound: number;
  readonly doublings: number;
}

/** Compresses numbers that lie in a grid; a bound of 0 stands for the smallest that fits, or nearly. */
export function compressGrid(
  x: Float32Array,
  grid: ValueGrid,
  bound: number,
  capacity = Number.POSITIVE_INFINITY,
): Compressed {
  const chunks = new Chunks(grid);
  const free = !(bound > 0);
  const start = within(Math.fround(free ? largestOf(x, chunks) * 2 ** -16 : bound));
  const packed = pack(x, chunks, start, capacity);
  const doublings = free ? 0 : packed.doublings;
  const bytes = new Uint8Array(HEADER + ENTRY * chunks.count + total(packed.parts));
  const view = new DataView(bytes.buffer);
  let end = HEADER + ENTRY * chunks.count;
  for (const [at, part] of packed.parts.entries()) {
    bytes.set(part, end);
    end += part.length;
    view.setUint32(HEADER + ENTRY * at, end, true);
    view.setUint32(HEADER + ENTRY * at + 4, crc32(part), true);
  }
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, VERSION);
  view.setUint8(5, packed.predictor);
  view.setUint16(6, doublings, true);
  view.setFloat32(8, packed.bound, true);
  const { size, lane, row, plane } = grid;
  for (const [at, number] of [size, lane, row, plane, end].entries()) {
    view.setUint32(12 + 4 * at, number, true);
  }
  view.setUint32(HEADER - 4, checksumOf(bytes, chunks.count), true);
  return { bytes, bound: packed.bound, doublings };
}

/** Whether numbers can lie like this at all: the sizes come from a file. */
const isGrid = ({ size, lane, row, plane }: ValueGrid): boolean =>
  size <= MOST && lane >= 1 && row >= 1 && row <= CHUNK && row % lane === 0 && plane % row === 0;

/**
 * Gives numbers back that were compressed, each as near as the bound says.
 *
 * @param source what to call the bytes in an error
 * @throws FormatError when the bytes are damaged, cut off, or something else.
 * @example
 * const numbers = Float32Array.of(0, 1, 2.51, 0);
 * const bytes = compress(numbers, { bound: 0.1 });
 * restore(bytes).every((value, at) => Math.abs(value - numbers[at]) <= 0.1); // true
 */
export function restore(bytes: Uint8Array, source = "compressed numbers"): Float32Array {
  const fail = (at: number, problem: string): never => {
    throw new FormatError(source, at, problem);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < HEADER) fail(bytes.length, `cut off; a header has ${HEADER} bytes`);
  if (view.getUint32(0, true) !== MAGIC) fail(0, 'expected "CVEX"');
  if (view.getUint8(4) !== VERSION) fail(4, `version ${view.getUint8(4)}; expected ${VERSION}`);
  const [size, lane, row, plane, end] = [12, 16, 20, 24, 28].map((at) => view.getUint32(at, true));
  const grid = { size, lane, row, plane };
  if (!isGrid(grid)) fail(12, `damaged: ${size} numbers in rows of ${row} and planes of ${plane}`);
  const chunks = new Chunks(grid);
  const begin = HEADER + ENTRY * chunks.count;
  if (bytes.length < Math.max(begin, end)) fail(bytes.length, `cut off; expected ${end} bytes`);
  const coding = { bound: view.getFloat32(8, true), predictor: view.getUint8(5) };
  const { bound, predictor } = coding;
  const sound = bound >= 0 && within(bound) === bound && predictor <= (LEFT | UP);
  if (!sound || view.getUint32(HEADER - 4, true) !== checksumOf(bytes, chunks.count)) {
    fail(0, "the header is damaged");
  }
  const values = new Float32Array(size);
  let from = begin;
  for (let at = 0; at < chunks.count; at++) {
    const to = view.getUint32(HEADER + ENTRY * at, true);
    const part = bytes.subarray(from, to);
    const whole = to >= from && to <= end;
    const good = whole && view.getUint32(HEADER + ENTRY * at + 4, true) === crc32(part);
    const numbers = good ? unpackChunk(part, chunks.at(at), coding) : undefined;
    values.set(numbers ?? fail(from, `chunk ${at} is damaged`), at * chunks.length);
    from = to;
  }
  return values;
}

/** Settings of {@link compress}. */
export interface CompressOptions {
  /** Largest error of a number. */
  readonly bound: number;
  /** Neighbours along the last two axes help to tell a number; default one axis. */
  readonly shape?: Shape;
}

/**
 * Compresses numbers so that each comes back with an error of at most `bound`; zeros come back as zeros,
 * and what is not finite to the bit. The smaller the bound against the numbers, the more bytes, but never
 * many more than the numbers themselves have.
 *
 * @throws RangeError for a bound that is not a number above 0, and a shape of another size.
 * @example
 * const numbers = Float32Array.from({ length: 4096 }, (_, at) => Math.max(0, Math.sin(at)));
 * const bytes = compress(numbers, { bound: 0.05 });
 * bytes.length < numbers.byteLength / 8; // true
 * restore(bytes).every((value, at) => Math.abs(value - numbers[at]) <= 0.05); // true
 */
export function compress(
  numbers: Float32Array,
  { bound, shape = [numbers.length] }: CompressOptions,
): Uint8Array {
  if (!(bound > 0 && Number.isFinite(bound))) {
    throw new RangeError(`compress: bound is ${bound}; expected a number above 0`);
  }
  if (sizeOf(shape) !== numbers.length || numbers.length > MOST) {
    throw new RangeError(`compress: ${numbers.length} numbers are not of shape [${shape}]`);
  }
  // Rounded down, so that the bound of 32 bits is within the one asked for.
  const rounded = Math.fround(bound);
  const below = rounded > bound ? rounded * (1 - 2 ** -23) : rounded;
  // Below the smallest number of 32 bits there is none but 0, which would ask for the smallest bound that fits.
  return compressGrid(numbers, gridOfShape(shape), Math.max(below, 2 ** -149)).bytes;
}
