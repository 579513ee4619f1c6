// The directory of a zip archive, which stands at its end: what files it holds and where.

import type { ByteSource } from "./byteSource.js";
import { FormatError } from "./formatError.js";

const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_SIZE = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_SIZE = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_SIZE = 46;
const MOST_COMMENT = 65_535;
const EXTRA64 = 1;
/** What stands where a number has no room; the real one is in the extra field. */
const FULL = 0xffffffff;

/** A file of an archive as its directory has it. */
export interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  /** Where the local header begins. */
  readonly start: number;
}

/** A part of an archive, read by positions in the whole. */
class Region {
  private readonly view: DataView;
  readonly end: number;

  constructor(
    bytes: ByteSource,
    readonly source: string,
    readonly from: number,
    to: number,
  ) {
    const content = bytes.take(from, to);
    this.view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    this.end = from + content.length;
  }

  u16 = (byte: number): number => this.view.getUint16(byte - this.from, true);
  u32 = (byte: number): number => this.view.getUint32(byte - this.from, true);
  u64 = (byte: number): number => Number(this.view.getBigUint64(byte - this.from, true));

  text(from: number, to: number): string {
    const { buffer, byteOffset } = this.view;
    return new TextDecoder().decode(
      new Uint8Array(buffer, byteOffset + from - this.from, to - from),
    );
  }

  /** Whether a record of a kind lies here. */
  has(signature: number, byte: number, size: number): boolean {
    return byte >= this.from && byte + size <= this.end && this.u32(byte) === signature;
  }

  fail(byte: number, message: string): never {
    throw new FormatError(this.source, byte, message);
  }
}

/** Where the record that ends the archive begins; a comment that fills the rest may follow. */
function findEnd(tail: Region): number {
  for (let at = tail.end - END_SIZE; at >= tail.from; at--) {
    if (tail.u32(at) === END_SIGNATURE && at + END_SIZE + tail.u16(at + 20) === tail.end) return at;
  }
  return tail.fail(
    tail.end,
    "no end record: not a zip archive, or a truncated one, or one with bytes behind its end",
  );
}

/** What the end record says of the directory; of an archive over 4 GiB what its longer one says. */
function findDirectory(bytes: ByteSource, source: string) {
  const tailFrom = Math.max(0, bytes.length - END_SIZE - MOST_COMMENT - LOCATOR_SIZE);
  const tail = new Region(bytes, source, tailFrom, bytes.length);
  const end = findEnd(tail);
  const locator = end - LOCATOR_SIZE;
  if (!tail.has(LOCATOR_SIGNATURE, locator, LOCATOR_SIZE)) {
    return { count: tail.u16(end + 10), size: tail.u32(end + 12), from: tail.u32(end + 16), end };
  }
  const at = tail.u64(locator + 8);
  const record = new Region(bytes, source, Math.min(at, bytes.length), at + END64_SIZE);
  if (!record.has(END64_SIGNATURE, at, END64_SIZE)) {
    record.fail(at, "expected the end record of a zip archive over 4 GiB");
  }
  return {
    count: record.u64(at + 32),
    size: record.u64(at + 40),
    from: record.u64(at + 48),
    end: at,
  };
}

/** Numbers that did not fit their fields, in the order in which they are missing. */
function* longNumbers(region: Region, from: number, to: number): Generator<number> {
  for (let at = from; at + 4 <= to; at += 4 + region.u16(at + 2)) {
    if (region.u16(at) !== EXTRA64) continue;
    const end = Math.min(to, at + 4 + region.u16(at + 2));
    for (let next = at + 4; next + 8 <= end; next += 8) yield region.u64(next);
    return;
  }
}

function readEntry(region: Region, at: number): { entry: Entry; next: number } {
  if (!region.has(ENTRY_SIGNATURE, at, ENTRY_SIZE)) {
    region.fail(at, "expected a directory entry of a zip archive");
  }
  const nameEnd = at + ENTRY_SIZE + region.u16(at + 28);
  const extraEnd = nameEnd + region.u16(at + 30);
  const next = extraEnd + region.u16(at + 32);
  if (next > region.end) region.fail(at, "a directory entry goes beyond the directory's end");
  const long = longNumbers(region, nameEnd, extraEnd);
  const number = (byte: number): number => {
    const short = region.u32(byte);
    if (short !== FULL) return short;
    return long.next().value ?? short;
  };
  const size = number(at + 24);
  const packed = number(at + 20);
  const entry = {
    name: region.text(at + ENTRY_SIZE, nameEnd),
    flags: region.u16(at + 8),
    method: region.u16(at + 10),
    checksum: region.u32(at + 16),
    size,
    packed,
    start: number(at + 42),
  };
  return { entry, next };
}

/**
 * All entries of an archive.
 *
 * @throws FormatError for a directory that is damaged, or does not fill the place that it should.
 */
export function readDirectory(bytes: ByteSource, source: string): Entry[] {
  const { count, size, from, end } = findDirectory(bytes, source);
  if (!(from + size === end)) {
    throw new FormatError(source, end, `a directory of ${size} bytes at ${from} does not end here`);
  }
  const region = new Region(bytes, source, from, end);
  const entries: Entry[] = [];
  for (let at = from; at < end; ) {
    const { entry, next } = readEntry(region, at);
    entries.push(entry);
    at = next;
  }
  if (entries.length !== count) {
    region.fail(from, `a directory of ${entries.length} files; expected ${count}`);
  }
  return entries;
}
