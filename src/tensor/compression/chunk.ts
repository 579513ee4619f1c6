// A chunk of compressed values: from numbers to symbols and back, and the chunk's bytes.
//
// Dual quantisation, as in cuSZ (Tian et al. 2020, arXiv 2007.09625): numbers become whole multiples of
// twice the bound first, and prediction works on those, in exact arithmetic, so that it can be undone in
// parallel and zeros stay zeros. Every step is one of f32 or of integers, so that this and the native
// engine's native/kernels/chunk.h make the same bytes.

import { BitReader, BitWriter } from "./bits.js";
import { decode, encode, frequenciesOf, TOTAL } from "./rans.js";

/** Most values of a chunk. */
export const CHUNK = 16384;

/** A prediction from the value before, the row before, or both (Lorenzo's). */
export const LEFT = 1;
export const UP = 2;

/** Values of a chunk and where rows begin and end among them. */
export interface Stretch {
  readonly size: number;
  readonly lane: number;
  readonly row: number;
  /** Rows of a plane, and the number of the first one within its plane. */
  readonly rows: number;
  readonly first: number;
}

/** How all chunks of a container are made. */
export interface Coding {
  readonly bound: number;
  readonly predictor: number;
}

/** What a chunk holds; what is lost were numbers that are not finite, and found no room. */
const Kind = { zeros: 0, codes: 1, raw: 2, lost: 3 } as const;
export const LOST = Uint8Array.of(Kind.lost);
const ZEROS = Uint8Array.of(Kind.zeros);

const HEADER = 16;
const STATES = 32;
const LITERAL = 6;
/** With more of them a chunk is stored as it is. */
const MOST_LITERALS = CHUNK / 8;
/** Differences below DIRECT are symbols; larger ones give their two leading bits and their sign, and more bits. */
const DIRECT = 128;
const DIRECT_BITS = 7;
/** The longest difference has 26 bits: that of four whole numbers below 2^22, its sign folded in. */
const SYMBOLS = DIRECT + 4 * (25 - DIRECT_BITS + 1);
/** Adding this to a number below 2^22 rounds it to a whole one. */
const ROUNDER = 12582912;
const LARGEST = 2 ** 22;

const { fround, abs } = Math;

/** Multiples of twice the bound nearest to numbers, and 0 for literals, whose places are listed. */
function quantise(x: Float32Array, bound: number) {
  const step = fround(2 * bound);
  const inverse = fround(1 / step);
  const literals: number[] = [];
  const numbers = Int32Array.from(x, (value, at) => {
    const scaled = fround(value * inverse);
    const whole = fround(fround(scaled + ROUNDER) - ROUNDER);
    if (abs(scaled) < LARGEST && abs(fround(fround(whole * step) - value)) <= bound) return whole;
    literals.push(at);
    return 0;
  });
  return { numbers, literals };
}

/** Calls with each place that has a prediction, and how far back that looks: rows by rows, or lane by lane. */
function eachPredicted(
  { size, lane, row, rows, first }: Stretch,
  what: number,
  visit: (at: number, back: number) => void,
): void {
  const back = what === UP ? row : lane;
  for (let at = back; at < size; at++) {
    const known = what === UP ? (first + Math.floor(at / row)) % rows !== 0 : at % row >= lane;
    if (known) visit(at, back);
  }
}

function differences(numbers: Int32Array, stretch: Stretch, predictor: number): Int32Array {
  let result = numbers;
  for (const what of [UP, LEFT]) {
    if (!(predictor & what)) continue;
    const from = result;
    const to = Int32Array.from(from);
    eachPredicted(stretch, what, (at, back) => {
      to[at] = from[at] - from[at - back];
    });
    result = to;
  }
  return result;
}

function undoDifferences(numbers: Int32Array, stretch: Stretch, predictor: number): void {
  for (const what of [LEFT, UP]) {
    if (!(predictor & what)) continue;
    eachPredicted(stretch, what, (at, back) => {
      numbers[at] += numbers[at - back];
    });
  }
}

/** A difference with its sign as the lowest bit. */
const fold = (difference: number): number => ((difference << 1) ^ (difference >> 31)) >>> 0;
const unfold = (folded: number): number => (folded >>> 1) ^ -(folded & 1);

function toSymbols(numbers: Int32Array) {
  const bits = new BitWriter();
  const symbols = Uint8Array.from(numbers, (number) => {
    const folded = fold(number);
    if (folded < DIRECT) return folded;
    const length = 31 - Math.clz32(folded);
    bits.put((folded >>> 1) & (2 ** (length - 2) - 1), length - 2);
    const told = (((folded >>> (length - 1)) & 1) << 1) | (folded & 1);
    return DIRECT + 4 * (length - DIRECT_BITS) + told;
  });
  return { symbols, bits: bits.end() };
}

function fromSymbols(symbols: Uint8Array, bits: Uint8Array): Int32Array | undefined {
  if (symbols.some((symbol) => symbol >= SYMBOLS)) return undefined;
  const reader = new BitReader(bits);
  const numbers = Int32Array.from(symbols, (symbol) => {
    if (symbol < DIRECT) return unfold(symbol);
    const code = symbol - DIRECT;
    const length = DIRECT_BITS + (code >> 2);
    const leading = (2 | ((code >> 1) & 1)) << (length - 1);
    return unfold(leading | (reader.take(length - 2) << 1) | (code & 1));
  });
  return reader.done ? numbers : undefined;
}

/** Frequencies in one byte or two; a run of zeros is a 0 and its length. */
function writeFrequencies(frequencies: Uint32Array): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < frequencies.length; ) {
    const frequency = frequencies[at];
    if (frequency === 0) {
      const begin = at;
      while (at < frequencies.length && frequencies[at] === 0) at++;
      bytes.push(0, at - begin);
      continue;
    }
    if (frequency >= 128) bytes.push(128 | (frequency >> 8));
    bytes.push(frequency & 255);
    at++;
  }
  return bytes;
}

function readFrequencies(bytes: Uint8Array, count: number): Uint32Array | undefined {
  const frequencies = new Uint32Array(256);
  let [at, next, sum] = [0, 0, 0];
  while (at < count && next < bytes.length) {
    const first = bytes[next++];
    if (first > 0 && first < 128) {
      frequencies[at] = first;
    } else {
      if (next === bytes.length) return undefined;
      const second = bytes[next++];
      if (first === 0) {
        at += second;
        if (second === 0) return undefined;
        continue;
      }
      frequencies[at] = ((first & 127) << 8) | second;
    }
    if (frequencies[at] === 0 || frequencies[at] >= TOTAL) return undefined;
    sum += frequencies[at++];
  }
  return at === count && next === bytes.length && sum === TOTAL ? frequencies : undefined;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function join(parts: readonly ArrayBufferView[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    result.set(bytesOf(part), at);
    at += part.byteLength;
  }
  return result;
}

const raw = (x: Float32Array) => join([Uint8Array.of(Kind.raw), x]);

/** Compresses the values of a chunk; under a bound of 0 they are stored as they are. */
export function packChunk(x: Float32Array, stretch: Stretch, coding: Coding): Uint8Array {
  if (coding.bound === 0) return x.every((value) => value === 0) ? ZEROS : raw(x);
  const { numbers, literals } = quantise(x, coding.bound);
  if (literals.length > MOST_LITERALS) return raw(x);
  const { symbols, bits } = toSymbols(differences(numbers, stretch, coding.predictor));
  if (literals.length === 0 && symbols.every((symbol) => symbol === 0)) {
    return ZEROS;
  }
  const frequencies = frequenciesOf(symbols);
  const count = frequencies.findLastIndex((frequency) => frequency > 0) + 1;
  const table = Uint8Array.from(writeFrequencies(frequencies.subarray(0, count)));
  const { words, states } = encode(symbols, frequencies);
  const header = new DataView(new ArrayBuffer(HEADER));
  header.setUint8(0, Kind.codes);
  header.setUint8(1, count);
  header.setUint16(2, table.length, true);
  header.setUint32(4, bits.length, true);
  header.setUint32(8, literals.length, true);
  header.setUint32(12, words.byteLength, true);
  const listed = literals.flatMap((at) => [Uint16Array.of(at), x.subarray(at, at + 1)]);
  const packed = join([header, table, bits, ...listed, words, states]);
  return packed.length > 4 * x.length ? raw(x) : packed;
}

/** A copy at an even address of its own. */
const aligned = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

function unpackCodes(
  bytes: Uint8Array,
  stretch: Stretch,
  coding: Coding,
): Float32Array | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const literals = view.getUint32(8, true);
  const lengths = [
    view.getUint16(2, true),
    view.getUint32(4, true),
    LITERAL * literals,
    view.getUint32(12, true),
    STATES,
  ];
  if (lengths.reduce((sum, length) => sum + length, HEADER) !== bytes.length) return undefined;
  let begin = HEADER;
  const [table, bits, listed, words, states] = lengths.map((length) => {
    begin += length;
    return bytes.subarray(begin - length, begin);
  });
  const frequencies = readFrequencies(table, view.getUint8(1));
  if (!frequencies || words.length % 2 !== 0) return undefined;
  const encoded = {
    words: new Uint16Array(aligned(words)),
    states: new Uint32Array(aligned(states)),
  };
  const symbols = decode(encoded, frequencies, stretch.size);
  const numbers = symbols && fromSymbols(symbols, bits);
  if (!numbers) return undefined;
  undoDifferences(numbers, stretch, coding.predictor);
  const step = fround(2 * coding.bound);
  const values = Float32Array.from(numbers, (number) => fround(number) * step);
  const list = new DataView(listed.buffer, listed.byteOffset, listed.length);
  for (let at = 0; at < listed.length; at += LITERAL) {
    const place = list.getUint16(at, true);
    if (place >= values.length) return undefined;
    bytesOf(values).set(listed.subarray(at + 2, at + LITERAL), 4 * place);
  }
  return values;
}

/** Undoes {@link packChunk}; undefined when these bytes are not of such a chunk. */
export function unpackChunk(
  bytes: Uint8Array,
  stretch: Stretch,
  coding: Coding,
): Float32Array | undefined {
  const kind = bytes.at(0);
  if (kind === Kind.codes) return unpackCodes(bytes, stretch, coding);
  if (kind === Kind.raw) {
    return bytes.length === 1 + 4 * stretch.size
      ? new Float32Array(aligned(bytes.subarray(1)))
      : undefined;
  }
  if (bytes.length !== 1 || !(kind === Kind.zeros || kind === Kind.lost)) return undefined;
  return new Float32Array(stretch.size).fill(kind === Kind.lost ? Number.NaN : 0);
}
