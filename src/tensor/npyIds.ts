// Arrays of ids, which are only told apart: texts, or whole numbers of up to 64 bits, none of which may be rounded.

import { FormatError } from "./formatError.js";
import { readNpy, readNpyTexts, type TextArray } from "./npy.js";
import { parseHeader } from "./npyHeader.js";
import { sizeOf } from "./shape.js";

/**
 * Reads an array of ids as texts.
 *
 * @param source name for messages
 * @throws FormatError as {@link readNpy} does.
 * @example
 * readNpyIds(writeNpy(hostTensor("i32", [2], Int32Array.of(7, -1)))).data; // ["7", "-1"]
 */
export function readNpyIds(bytes: Uint8Array, source = "array"): TextArray {
  const { type, shape, start, littleEndian } = parseHeader(bytes, source);
  if (type === "characters" || type === "bytes") return readNpyTexts(bytes, source);
  if ((type !== "i64" && type !== "u64") || shape.length !== 1) {
    const { data } = readNpy(bytes, source);
    return { shape, data: Array.from(data, String) };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const length = sizeOf(shape);
  if (bytes.length - start !== 8 * length) {
    throw new FormatError(source, start, `${length} ids need ${8 * length} bytes`);
  }
  const read = type === "i64" ? view.getBigInt64.bind(view) : view.getBigUint64.bind(view);
  return { shape, data: Array.from({ length }, (_, at) => String(read(8 * at, littleEndian))) };
}
