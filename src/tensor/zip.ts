// Reading of zip archives with every size bounded and every checksum checked
// (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 to 4.5), those over 4 GiB (zip64) too.

import { Inflate, inflateSync } from "fflate";
import type { ByteSource } from "./byteSource.js";
import { crc32 } from "./crc32.js";
import { FormatError } from "./formatError.js";
import { type Entry, readDirectory } from "./zipDirectory.js";

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_SIZE = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/** No deflate stream expands further. */
const MOST_EXPANSION = 1032;

/** A file of an archive. */
export interface ZipFile {
  /** Bytes of it. */
  readonly size: number;
  /** Where its content lies in the archive as it is; `undefined` where it is packed. */
  readonly place: number | undefined;
  /** Its content as new bytes, checked. */
  unpack(): Uint8Array;
  /** Its first bytes, so many or all of them, not checked. */
  begin(length: number): Uint8Array;
}

/** An entry whose content is unpacked when it is asked for. */
class Packed implements ZipFile {
  constructor(
    private readonly bytes: ByteSource,
    private readonly entry: Entry,
    private readonly source: string,
  ) {}

  get size(): number {
    return this.entry.size;
  }

  get place(): number | undefined {
    return this.entry.method === STORED ? this.contentStart() : undefined;
  }

  unpack(): Uint8Array {
    const { name, method, checksum, packed, size } = this.entry;
    const from = this.contentStart();
    const result =
      method === STORED
        ? this.bytes.take(from, from + packed)
        : this.inflate(this.bytes.read(from, from + packed), from);
    if (result.length !== size || crc32(result) !== checksum) {
      this.fail(from, `"${name}" is damaged: its checksum does not match its content`);
    }
    return result;
  }

  begin(length: number): Uint8Array {
    const { name, method, packed } = this.entry;
    const from = this.contentStart();
    if (method === STORED) return this.bytes.take(from, from + Math.min(length, packed));
    const result = new Uint8Array(Math.min(length, this.size));
    let at = 0;
    const stream = new Inflate((piece) => {
      result.set(piece.subarray(0, result.length - at), at);
      at = Math.min(result.length, at + piece.length);
    });
    try {
      // Little at a time: what is pushed is inflated as a whole.
      for (let next = from; at < result.length && next < from + packed; next += 1024) {
        stream.push(this.bytes.take(next, Math.min(next + 1024, from + packed)));
      }
    } catch (error) {
      this.fail(from, `"${name}" is damaged: ${(error as Error).message}`);
    }
    return result.subarray(0, at);
  }

  /** Where the content begins, behind the local header; it must lie inside the archive and may hold so many bytes. */
  private contentStart(): number {
    const { name, method, packed, size, start } = this.entry;
    const header = this.bytes.read(start, start + LOCAL_SIZE);
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    if (header.length < LOCAL_SIZE || view.getUint32(0, true) !== LOCAL_SIGNATURE) {
      this.fail(start, `expected the local header of "${name}" of a zip archive`);
    }
    const from = start + LOCAL_SIZE + view.getUint16(26, true) + view.getUint16(28, true);
    const possible = method === STORED ? size === packed : size <= packed * MOST_EXPANSION;
    if (from + packed > this.bytes.length || !possible) {
      this.fail(start, `"${name}": ${packed} bytes at ${from} cannot hold its ${size} bytes`);
    }
    return from;
  }

  private inflate(content: Uint8Array, from: number): Uint8Array {
    try {
      return inflateSync(content, { out: new Uint8Array(this.size) });
    } catch (error) {
      return this.fail(from, `"${this.entry.name}" is damaged: ${(error as Error).message}`);
    }
  }

  private fail(byte: number, message: string): never {
    throw new FormatError(this.source, byte, message);
  }
}

/**
 * The files of an archive by name, of which those that are packed must not need more than `limit` bytes together.
 *
 * @throws FormatError for a damaged, truncated or encrypted archive, bytes behind its end, two files of one name, a
 * compression other than deflate, or one that declares more than the limit.
 */
export function readZip(
  bytes: ByteSource,
  { source, limit }: { readonly source: string; readonly limit: number },
): Map<string, ZipFile> {
  const files = new Map<string, ZipFile>();
  let total = 0;
  for (const entry of readDirectory(bytes, source)) {
    const { name, method, flags, size, start } = entry;
    const fail = (message: string): never => {
      throw new FormatError(source, start, message);
    };
    if (flags & ENCRYPTED) fail(`"${name}" is encrypted; save it without a password`);
    if (method !== STORED && method !== DEFLATED) {
      fail(`"${name}" is packed by method ${method}; readable are stored and deflate`);
    }
    // What is stored as it is takes no more than the archive has.
    if (method === DEFLATED) total += size;
    if (total > limit) {
      fail(
        `unpacked, "${name}" would exceed the limit of ${limit} bytes; if the archive is meant to be ` +
          "so large, save it without compression",
      );
    }
    if (files.has(name)) fail(`two files are called "${name}"`);
    files.set(name, new Packed(bytes, entry, source));
  }
  return files;
}
