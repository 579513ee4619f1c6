// NumPy's array files, versions 1 to 3
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

import { FormatError } from "./formatError.js";
import { bytesOfTensor, type HostTensor, hostTensor } from "./host.js";
import { MAGIC, type NpyHeader, parseHeader, type TextType } from "./npyHeader.js";
import { toRowMajor } from "./order.js";
import { type Shape, sizeOf } from "./shape.js";
import { decode, type StoredType } from "./stored.js";

/** An array of texts in row-major order, such as the names of classes. */
export interface TextArray {
  readonly shape: Shape;
  readonly data: readonly string[];
}

const isText = (type: NpyHeader["type"]): type is TextType =>
  type === "characters" || type === "bytes";

/** How {@link readNpy} goes about it. */
interface ReadNpyOptions {
  /** The bytes are the caller's own, and the array may lie in them; default false. */
  readonly share?: boolean;
}

/**
 * Reads an array of numbers. Floats become f32; integers become i32, but signed bytes i8, unsigned ones and booleans u8. Column-major
 * elements are put into row-major order.
 *
 * @param source name for messages
 * @throws FormatError for a damaged or truncated file, more bytes than the shape needs, another type, an integer over
 * 32 bits, or a float that an f32 does not reach.
 * @example
 * const bytes = writeNpy(hostTensor("f32", [2, 2], Float32Array.of(1, 2, 3, 4)));
 * const { dtype, shape, data } = readNpy(bytes);
 * [dtype, shape, [...data]]; // ["f32", [2, 2], [1, 2, 3, 4]]
 */
export function readNpy(
  bytes: Uint8Array,
  source = "array",
  { share = false }: ReadNpyOptions = {},
): HostTensor {
  const header = parseHeader(bytes, source);
  const { type, descr, shape, start, littleEndian, fortranOrder } = header;
  const fail = (byte: number, message: string): never => {
    throw new FormatError(source, start + byte, message);
  };
  if (isText(type)) {
    throw new FormatError(source, 10, `elements of type '${descr}' are texts; expected numbers`);
  }
  const elements = bytes.subarray(start);
  const tensor = decode(elements, type satisfies StoredType, shape, { littleEndian, share, fail });
  // With one axis above 1 both orders are the same.
  if (!fortranOrder || shape.filter((size) => size > 1).length < 2) return tensor;
  const result = hostTensor(tensor.dtype, shape);
  toRowMajor(tensor.data, shape, result.data);
  return result;
}

/** The characters of one element up to the NULs that fill it. */
function textOf(element: Uint8Array, type: TextType, littleEndian: boolean): string {
  if (type === "bytes") {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(element);
    return text.replace(/\0+$/, "");
  }
  const view = new DataView(element.buffer, element.byteOffset, element.byteLength);
  const points = Array.from({ length: element.length / 4 }, (_, at) =>
    view.getUint32(4 * at, littleEndian),
  );
  const length = points.findLastIndex((point) => point > 0) + 1;
  return points
    .slice(0, length)
    .map((point) => String.fromCodePoint(point))
    .join("");
}

/**
 * Reads an array of texts: NumPy's `<U5` or, in UTF-8, `|S5`.
 *
 * @param source name for messages
 * @throws FormatError as {@link readNpy} does, and for characters that Unicode lacks.
 */
export function readNpyTexts(bytes: Uint8Array, source = "array"): TextArray {
  const { type, descr, bytes: size, shape, start, ...order } = parseHeader(bytes, source);
  if (!isText(type)) {
    throw new FormatError(source, 10, `elements of type '${descr}' are numbers; expected texts`);
  }
  const data = Array.from({ length: sizeOf(shape) }, (_, at) => {
    const from = start + at * size;
    try {
      return textOf(bytes.subarray(from, from + size), type, order.littleEndian);
    } catch {
      throw new FormatError(source, from, `element ${at} holds what is no character of Unicode`);
    }
  });
  if (!order.fortranOrder) return { shape, data };
  const rows = new Array<string>(data.length);
  toRowMajor(data, shape, rows);
  return { shape, data: rows };
}

const descriptions = { f32: "<f4", i32: "<i4", u8: "|u1", i8: "|i1" } as const;

/** Texts as NumPy's `<U`: all of the longest one's number of characters, zeros behind the shorter ones. */
function textElements(texts: readonly string[]): { descr: string; bytes: Uint8Array } {
  const letters = texts.map((text) => Array.from(text, (letter) => letter.codePointAt(0)!));
  // NumPy reads no texts of 0 characters.
  const longest = letters.reduce((most, { length }) => Math.max(most, length), 1);
  const bytes = new Uint8Array(4 * longest * texts.length);
  const view = new DataView(bytes.buffer);
  for (const [at, own] of letters.entries()) {
    for (const [k, code] of own.entries()) view.setUint32(4 * (at * longest + k), code, true);
  }
  return { descr: `<U${longest}`, bytes };
}

function numberElements(tensor: HostTensor): { descr: string; bytes: Uint8Array } {
  if (tensor.dtype === "bf16") throw new RangeError("a .npy file holds no bf16; write f32");
  return { descr: descriptions[tensor.dtype], bytes: bytesOfTensor(tensor) };
}

/**
 * Writes an array of numbers or of texts as a version 1 file.
 *
 * @throws RangeError for bf16, which NumPy lacks.
 * @example
 * new TextDecoder().decode(writeNpy(hostTensor("u8", [3])).subarray(1, 6)); // "NUMPY"
 */
export function writeNpy(array: HostTensor | TextArray): Uint8Array {
  const { shape } = array;
  const { descr, bytes: elements } =
    "dtype" in array ? numberElements(array) : textElements(array.data);
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padding = 63 - ((10 + text.length) % 64);
  const header = new TextEncoder().encode(`${text}${" ".repeat(padding)}\n`);
  const file = new Uint8Array(10 + header.length + elements.length);
  file.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  file.set(header, 10);
  file.set(elements, 10 + header.length);
  return file;
}
