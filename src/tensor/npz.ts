// NumPy's archives of arrays: a zip file with one .npy file each.

import { zipSync } from "fflate";
import { type ByteSource, inMemory, unpackedLimit } from "./byteSource.js";
import { FormatError } from "./formatError.js";
import { distinct, type HostTensor } from "./host.js";
import { readNpy, readNpyTexts, type TextArray, writeNpy } from "./npy.js";
import { MOST_HEADER, parseHeader } from "./npyHeader.js";
import { readNpyIds } from "./npyIds.js";
import type { Shape } from "./shape.js";
import { readZip } from "./zip.js";

/** Settings of {@link openNpz}. */
export interface NpzOptions {
  /** Name for messages; default `archive`. */
  readonly source?: string;
  /** Bytes that all packed files may take unpacked; default 512 MB, or 100 times as many as the archive has. */
  readonly limit?: number;
}

/** What is known of an array before it is unpacked. */
export interface ArrayInfo {
  /** NumPy's code, such as `<f4` or `|u1`. */
  readonly type: string;
  readonly shape: Shape;
  /** Where the bytes of a u8 array begin in the archive, if they lie there row by row and not packed; not checked. */
  readonly first?: number;
}

/** An archive whose arrays are unpacked and decoded one by one. */
export interface Npz {
  /** Bytes of the archive. */
  readonly length: number;
  /** Names of the arrays, without `.npy`. */
  readonly names: readonly string[];
  /**
   * What an array is, from its first bytes.
   *
   * @throws FormatError as {@link Npz.read} does.
   */
  describe(name: string): ArrayInfo;
  /**
   * Reads one array of numbers.
   *
   * @throws FormatError when there is none of this name, or for what {@link readNpy} refuses.
   */
  read(name: string): HostTensor;
  /** Reads one array of texts; throws as {@link Npz.read} does. */
  texts(name: string): TextArray;
  /** Reads one array of ids, as texts: of texts or of whole numbers of up to 64 bits. */
  ids(name: string): TextArray;
}

/**
 * Opens an archive, of any size when it is a file's {@link ByteSource}.
 *
 * @throws FormatError for a damaged archive, bytes behind its end, two arrays of one name, or more than the limit.
 * @example
 * const archive = openNpz(writeNpz([["labels", hostTensor("i32", [5])]]));
 * archive.names; // ["labels"]
 * archive.describe("labels"); // { type: "<i4", shape: [5] }
 * archive.read("labels").shape; // [5]
 */
export function openNpz(archive: Uint8Array | ByteSource, options: NpzOptions = {}): Npz {
  const bytes = archive instanceof Uint8Array ? inMemory(archive) : archive;
  const { source = "archive", limit = unpackedLimit(bytes.length) } = options;
  const files = readZip(bytes, { source, limit });
  const names = [...files.keys()].flatMap((file) =>
    file.endsWith(".npy") ? [file.slice(0, -4)] : [],
  );
  const title = (name: string) => `${source}: ${name}.npy`;
  const find = (name: string) => {
    const file = files.get(`${name}.npy`);
    if (file) return file;
    throw new FormatError(source, 0, `no array "${name}"; it holds ${names.join(", ") || "none"}`);
  };
  return {
    length: bytes.length,
    names,
    describe(name) {
      const file = find(name);
      const header = parseHeader(file.begin(MOST_HEADER), title(name), file.size);
      const { descr, type, fortranOrder, shape, start } = header;
      const lies = file.place !== undefined && type === "u8" && !fortranOrder;
      return { type: descr, shape, ...(lies && { first: file.place + start }) };
    },
    read: (name) => readNpy(find(name).unpack(), title(name), { share: true }),
    texts: (name) => readNpyTexts(find(name).unpack(), title(name)),
    ids: (name) => readNpyIds(find(name).unpack(), title(name)),
  };
}

/**
 * Reads every array of an archive of numbers by name; see {@link openNpz}.
 *
 * @example
 * const arrays = readNpz(writeNpz([["w", hostTensor("f32", [2, 2])]], { compress: true }));
 * arrays.get("w")?.shape; // [2, 2]
 */
export function readNpz(bytes: Uint8Array, options: NpzOptions = {}): Map<string, HostTensor> {
  const archive = openNpz(bytes, options);
  return new Map(archive.names.map((name) => [name, archive.read(name)]));
}

/**
 * Writes arrays as `np.savez` does, or as `np.savez_compressed` when `compress` is true (default false).
 * The same arrays give the same bytes.
 *
 * @throws RangeError for two arrays of one name.
 * @example
 * writeNpz([["w", hostTensor("f32", [100])]]).length > 400; // true
 */
export function writeNpz(
  arrays: Iterable<readonly [string, HostTensor | TextArray]>,
  options: { readonly compress?: boolean } = {},
): Uint8Array {
  const files = distinct(arrays).map(
    ([name, tensor]) => [`${name}.npy`, writeNpy(tensor)] as const,
  );
  // A fixed date: the same arrays give the same bytes.
  const mtime = new Date(1980, 0, 1);
  return zipSync(Object.fromEntries(files), { level: options.compress ? 6 : 0, mtime });
}
