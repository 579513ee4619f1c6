// NumPy's archives of arrays: a zip file with one .npy file each.

import { zipSync } from "fflate";
import { FormatError } from "./formatError.js";
import type { HostTensor } from "./host.js";
import { readNpy, writeNpy } from "./npy.js";
import { readZip } from "./zip.js";

/** Largest archive that is unpacked by default: 4 GiB less one byte, the most plain zip can hold. */
const DEFAULT_LIMIT = 2 ** 32 - 1;

/** An archive whose arrays are unpacked and decoded one by one. */
export interface Npz {
  /** Names of the arrays, without `.npy`. */
  readonly names: readonly string[];
  /**
   * Reads one array.
   *
   * @throws FormatError when there is none of this name, or for what {@link readNpy} refuses.
   */
  read(name: string): HostTensor;
}

/**
 * Opens an archive.
 *
 * @param options.source name for messages
 * @param options.limit bytes that all files may take unpacked; a defence against zip bombs
 * @throws FormatError for a damaged archive or one over the limit.
 * @example
 * const archive = openNpz(writeNpz([["labels", hostTensor("i32", [5])]]));
 * archive.names; // ["labels"]
 * archive.read("labels").shape; // [5]
 */
export function openNpz(
  bytes: Uint8Array,
  options: { readonly source?: string; readonly limit?: number } = {},
): Npz {
  const { source = "archive", limit = DEFAULT_LIMIT } = options;
  const files = readZip(bytes, { source, limit });
  const names = [...files.keys()].flatMap((file) =>
    file.endsWith(".npy") ? [file.slice(0, -4)] : [],
  );
  return {
    names,
    read(name) {
      const unpack = files.get(`${name}.npy`);
      if (unpack) return readNpy(unpack(), `${source}: ${name}.npy`);
      throw new FormatError(
        source,
        0,
        `no array "${name}"; it holds ${names.join(", ") || "none"}`,
      );
    },
  };
}

/**
 * Reads every array of an archive by name; see {@link openNpz}.
 *
 * @example
 * const arrays = readNpz(writeNpz([["w", hostTensor("f32", [2, 2])]], { compress: true }));
 * arrays.get("w")?.shape; // [2, 2]
 */
export function readNpz(
  bytes: Uint8Array,
  options: { readonly source?: string; readonly limit?: number } = {},
): Map<string, HostTensor> {
  const archive = openNpz(bytes, options);
  return new Map(archive.names.map((name) => [name, archive.read(name)]));
}

/**
 * Writes arrays as `np.savez` does, or as `np.savez_compressed` when `compress` is true (default false).
 * The same arrays give the same bytes.
 *
 * @example
 * writeNpz([["w", hostTensor("f32", [100])]]).length > 400; // true
 */
export function writeNpz(
  arrays: Iterable<readonly [string, HostTensor]>,
  options: { readonly compress?: boolean } = {},
): Uint8Array {
  const files = Array.from(arrays, ([name, tensor]) => [`${name}.npy`, writeNpy(tensor)] as const);
  // A fixed date: the same arrays give the same bytes.
  const mtime = new Date(1980, 0, 1);
  return zipSync(Object.fromEntries(files), { level: options.compress ? 6 : 0, mtime });
}
