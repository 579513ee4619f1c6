// Numbers of any width in a row of bytes, least significant bit first.

import { FormatError } from "../../tensor/formatError.js";
import { NotFiniteError } from "./codec.js";

const one = new Float32Array(1);
const word = new Uint32Array(one.buffer);

/** Little-endian, as every machine that runs Node.js is but IBM's largest. */
const bytesOf = (values: Float32Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Whether all numbers are finite: zero times anything else is NaN. */
export function allFinite(values: Float32Array): boolean {
  let zero = 0;
  for (let at = 0; at < values.length; at++) zero += values[at] * 0;
  return zero === 0;
}

/** Throws a {@link NotFiniteError} for the first number that is not finite. */
export function expectFinite(values: Float32Array): void {
  if (allFinite(values)) return;
  const at = values.findIndex((value) => !Number.isFinite(value));
  throw new NotFiniteError(`number ${at} of the gradient is ${values[at]}`);
}

/** Widest number of one call. */
export const WIDEST = 24;

/** Writes numbers behind each other. */
export class BitWriter {
  private bytes: Uint8Array;
  private at = 0;
  private held = 0;
  private width = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** The lowest `width` bits, at most {@link WIDEST}, of a whole number that has no more. */
  bits(value: number, width: number): void {
    this.held |= value << this.width;
    this.width += width;
    while (this.width >= 8) {
      this.byte(this.held & 255);
      this.held >>>= 8;
      this.width -= 8;
    }
  }

  /** A number as f32; throws a {@link NotFiniteError} when it is none. */
  float(value: number): void {
    one[0] = value;
    if (!Number.isFinite(one[0])) throw new NotFiniteError(`${value} is no finite f32`);
    this.bits(word[0] & 0xffff, 16);
    this.bits(word[0] >>> 16, 16);
  }

  /** All of them as f32. */
  floats(values: Float32Array): void {
    if (this.width > 0) {
      for (let at = 0; at < values.length; at++) this.float(values[at]);
      return;
    }
    expectFinite(values);
    this.reserve(4 * values.length);
    this.bytes.set(bytesOf(values), this.at);
    this.at += 4 * values.length;
  }

  /** A bit for each of `[start, end)`: 1 for numbers below 0. */
  signs(values: Float32Array, start: number, end: number): void {
    for (let first = start; first < end; first += WIDEST) {
      const count = Math.min(WIDEST, end - first);
      let packed = 0;
      for (let at = 0; at < count; at++) if (values[first + at] < 0) packed |= 1 << at;
      this.bits(packed, count);
    }
  }

  /** Everything so far, filled up with zero bits to a whole byte. */
  finish(): Uint8Array {
    if (this.width > 0) this.bits(0, 8 - this.width);
    return this.bytes.slice(0, this.at);
  }

  private byte(value: number): void {
    if (this.at === this.bytes.length) this.reserve(1);
    this.bytes[this.at++] = value;
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + more));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Reads what a {@link BitWriter} wrote; whatever is wrong is told with its byte. */
export class BitReader {
  private at: number;
  private held = 0;
  private width = 0;

  /** Reads `[start, end)` of the bytes. */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly source: string,
    start = 0,
    private readonly end = bytes.length,
  ) {
    this.at = start;
  }

  bits(width: number): number {
    while (this.width < width) {
      if (this.at >= this.end) throw this.error("the message is cut off");
      this.held |= this.bytes[this.at++] << this.width;
      this.width += 8;
    }
    const value = this.held & ((1 << width) - 1);
    this.held >>>= width;
    this.width -= width;
    return value;
  }

  float(): number {
    const low = this.bits(16);
    word[0] = low | (this.bits(16) << 16);
    if (!Number.isFinite(one[0])) throw this.error(`expected a finite number, found ${one[0]}`);
    return one[0];
  }

  /** Fills all of `values`. */
  floats(values: Float32Array): void {
    const size = 4 * values.length;
    if (this.width > 0 || this.at + size > this.end || !allFinite(this.peek(values))) {
      for (let at = 0; at < values.length; at++) values[at] = this.float();
      return;
    }
    this.at += size;
  }

  /** What to put at `[start, end)`: `means[1]` where the bit is 1, else `means[0]`. */
  signs(values: Float32Array, start: number, end: number, means: readonly number[]): void {
    const [clear, set] = means;
    for (let first = start; first < end; first += WIDEST) {
      const count = Math.min(WIDEST, end - first);
      const packed = this.bits(count);
      for (let at = 0; at < count; at++) values[first + at] = (packed >>> at) & 1 ? set : clear;
    }
  }

  /** Throws unless everything has been read but the bits that fill up the last byte. */
  finish(): void {
    if (this.at < this.end) throw this.error(`${this.end - this.at} bytes too many`);
    if (this.held !== 0) throw this.error("the bits that fill up the last byte are not zero");
  }

  /** Copies the next bytes to `values` and stays where it is. */
  private peek(values: Float32Array): Float32Array {
    bytesOf(values).set(this.bytes.subarray(this.at, this.at + 4 * values.length));
    return values;
  }

  /** What is wrong, at the byte that was read last. */
  error(message: string): FormatError {
    return new FormatError(this.source, Math.max(this.at - 1, 0), message);
  }
}
