// Numbers of any width in a row of bytes, least significant bit first.

import { FormatError } from "../../tensor/formatError.js";
import { NotFiniteError } from "./compressor.js";

const one = new Float32Array(1);
const word = new Uint32Array(one.buffer);

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

  floats(values: Float32Array): void {
    for (const value of values) this.float(value);
  }

  /** Everything so far, filled up with zero bits to a whole byte. */
  finish(): Uint8Array {
    if (this.width > 0) this.bits(0, 8 - this.width);
    return this.bytes.slice(0, this.at);
  }

  private byte(value: number): void {
    if (this.at === this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.at++] = value;
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

  floats(values: Float32Array): void {
    for (let at = 0; at < values.length; at++) values[at] = this.float();
  }

  /** Throws unless everything has been read but the bits that fill up the last byte. */
  finish(): void {
    if (this.at < this.end) throw this.error(`${this.end - this.at} bytes too many`);
    if (this.held !== 0) throw this.error("the bits that fill up the last byte are not zero");
  }

  /** What is wrong, at the byte that was read last. */
  error(message: string): FormatError {
    return new FormatError(this.source, Math.max(this.at - 1, 0), message);
  }
}
