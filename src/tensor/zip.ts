// Reading of zip archives with every size bounded and every checksum checked
// (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.4).

import { inflateSync } from "fflate";
import { crc32 } from "./crc32.js";
import { FormatError } from "./formatError.js";

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const STORED = 0;
const DEFLATED = 8;

/** No deflate stream expands further. */
const MOST_EXPANSION = 1032;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  /** Where the local header begins. */
  readonly start: number;
}

/** An archive's bytes, with reads that stay inside. */
class Archive {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(byte: number, message: string): never {
    throw new FormatError(this.source, byte, message);
  }

  u16(byte: number): number {
    return this.view.getUint16(byte, true);
  }

  u32(byte: number): number {
    return this.view.getUint32(byte, true);
  }

  /** Checks that a record with a signature lies inside the file. */
  expect(what: string, signature: number, byte: number, size: number): void {
    if (byte + size > this.bytes.length || this.u32(byte) !== signature) {
      this.fail(byte, `expected ${what} of a zip archive of ${this.bytes.length} bytes`);
    }
  }

  /** Where the record that ends the archive begins; a comment of up to 65535 bytes may follow. */
  end(): number {
    const { length } = this.bytes;
    for (let at = length - END_SIZE; at >= Math.max(0, length - END_SIZE - 65535); at--) {
      if (this.u32(at) === END_SIGNATURE) return at;
    }
    return this.fail(length, "no end record: not a zip archive, or a truncated one");
  }

  entries(): Entry[] {
    const end = this.end();
    let at = this.u32(end + 16);
    return Array.from({ length: this.u16(end + 10) }, () => {
      this.expect("a directory entry", ENTRY_SIGNATURE, at, ENTRY_SIZE);
      const nameEnd = at + ENTRY_SIZE + this.u16(at + 28);
      const entry = {
        name: new TextDecoder().decode(this.bytes.subarray(at + ENTRY_SIZE, nameEnd)),
        method: this.u16(at + 10),
        checksum: this.u32(at + 16),
        packed: this.u32(at + 20),
        size: this.u32(at + 24),
        start: this.u32(at + 42),
      };
      at = nameEnd + this.u16(at + 30) + this.u16(at + 32);
      return entry;
    });
  }

  unpack({ name, method, checksum, packed, size, start }: Entry): Uint8Array {
    this.expect(`the local header of "${name}"`, LOCAL_SIGNATURE, start, LOCAL_SIZE);
    const from = start + LOCAL_SIZE + this.u16(start + 26) + this.u16(start + 28);
    const content = this.bytes.subarray(from, from + packed);
    const possible = method === STORED ? size === packed : size <= packed * MOST_EXPANSION;
    if (content.length !== packed || !possible) {
      this.fail(start, `"${name}": ${packed} bytes at ${from} cannot hold its ${size} bytes`);
    }
    const result = method === STORED ? content : this.inflate(name, content, size, from);
    if (result.length !== size || crc32(result) !== checksum) {
      this.fail(from, `"${name}" is damaged: its checksum does not match its content`);
    }
    return result;
  }

  private inflate(name: string, content: Uint8Array, size: number, from: number): Uint8Array {
    try {
      return inflateSync(content, { out: new Uint8Array(size) });
    } catch (error) {
      return this.fail(from, `"${name}" is damaged: ${(error as Error).message}`);
    }
  }
}

/**
 * The files of an archive, which must not need more than `limit` bytes together, each unpacked when
 * its function is called.
 *
 * @throws FormatError for a damaged, truncated or encrypted archive, a zip64 archive, a compression
 * other than deflate, or one that declares more than the limit.
 */
export function readZip(
  bytes: Uint8Array,
  options: { readonly source: string; readonly limit: number },
): Map<string, () => Uint8Array> {
  const archive = new Archive(bytes, options.source);
  const entries = archive.entries();
  let total = 0;
  for (const { name, method, size, start } of entries) {
    total += size;
    if (method !== STORED && method !== DEFLATED) {
      archive.fail(
        start,
        `"${name}" is packed by method ${method}; readable are stored and deflate`,
      );
    }
    if (total > options.limit) {
      archive.fail(start, `unpacked, "${name}" would exceed the limit of ${options.limit} bytes`);
    }
  }
  return new Map(entries.map((entry) => [entry.name, () => archive.unpack(entry)]));
}
