// The header of NumPy's array files, versions 1 to 3
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

import { FormatError } from "./formatError.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";
import { type StoredType, storedTypes } from "./stored.js";

export const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Bytes that a header may take with what stands before it; NumPy itself refuses more than 10,000. */
export const MOST_HEADER = 65_536 + 12;
/** NumPy's own limit. */
const MOST_AXES = 64;

const numberCodes: Readonly<Record<string, StoredType>> = {
  b1: "bool",
  u1: "u8",
  i1: "i8",
  u2: "u16",
  i2: "i16",
  u4: "u32",
  i4: "i32",
  u8: "u64",
  i8: "i64",
  f2: "f16",
  f4: "f32",
  f8: "f64",
};

/** Types of text: characters of four bytes, or bytes; the number behind the letter counts them. */
const textCodes: Readonly<Record<string, { readonly type: TextType; readonly bytes: number }>> = {
  U: { type: "characters", bytes: 4 },
  S: { type: "bytes", bytes: 1 },
};

/** What else NumPy writes, for messages. */
const otherKinds: Readonly<Record<string, string>> = {
  O: "Python objects, which only Python can read; save an array of numbers or texts (dtype=str)",
  V: "records or raw bytes; save each field as an array of its own",
  c: "complex numbers; save real and imaginary part as arrays of their own",
  M: "dates; save them as texts or numbers",
  m: "spans of time; save them as numbers",
};

export type TextType = "characters" | "bytes";

/** What a header says. */
export interface NpyHeader {
  /** As NumPy writes it, such as `<f4`. */
  readonly descr: string;
  readonly type: StoredType | TextType;
  /** Of one element. */
  readonly bytes: number;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  /** Where the elements begin. */
  readonly start: number;
}

/** The header's text, a Python dictionary, and where it ends. */
function headerText(bytes: Uint8Array, source: string, total: number) {
  if (bytes.length < 10 || MAGIC.some((byte, at) => bytes[at] !== byte)) {
    throw new FormatError(source, 0, "not a .npy file: it does not begin with \\x93NUMPY");
  }
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw new FormatError(source, 6, `.npy version ${version}, expected 1, 2 or 3`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const before = version === 1 ? 10 : 12;
  const length =
    version === 1
      ? view.getUint16(8, true)
      : bytes.length < 12
        ? Infinity
        : view.getUint32(8, true);
  if (before + length > Math.min(total, MOST_HEADER)) {
    throw new FormatError(source, 8, `header of ${length} bytes in a file of ${total}`);
  }
  const text = new TextDecoder("latin1").decode(bytes.subarray(before, before + length));
  return { text, start: before + length };
}

/** The type of an element by its code, such as `<i8`. */
/** A text on one line. */
const oneLine = (text: string) => JSON.stringify(text).slice(1, -1);

function typeOf(descr: string, fail: (message: string) => never) {
  const [, order = "", kind = "", size = ""] = /^([<>|=]?)([a-zA-Z])(\d*)/.exec(descr) ?? [];
  const littleEndian = order !== ">";
  const code = kind + size;
  if (Object.hasOwn(numberCodes, code) && descr === order + code) {
    const type = numberCodes[code];
    return { type, bytes: storedTypes[type].bytes, littleEndian };
  }
  if (Object.hasOwn(textCodes, kind) && descr === order + code && Number(size) > 0) {
    const { type, bytes } = textCodes[kind];
    return { type, bytes: bytes * Number(size), littleEndian };
  }
  const what = Object.hasOwn(otherKinds, kind)
    ? `: ${otherKinds[kind]}`
    : `; readable are ${Object.keys(numberCodes).join(", ")}, U and S`;
  return fail(`elements of type '${oneLine(descr)}'${what}`);
}

/**
 * Reads a header from the first bytes of a file, {@link MOST_HEADER} of them or all.
 *
 * @param total bytes of the whole file
 * @throws FormatError for a damaged header, a type that cannot be read, more than 64 axes, or a file that is not as
 * long as it says.
 */
export function parseHeader(bytes: Uint8Array, source: string, total = bytes.length): NpyHeader {
  const { text, start } = headerText(bytes, source, total);
  const fail = (message: string): never => {
    throw new FormatError(source, 10, message);
  };
  const descr = /'descr':\s*('[^']*'|\[)/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  // Python 2 wrote long numbers with an L.
  const sizes = /'shape':\s*\(([\dL,\s]*)\)/.exec(text);
  if (!descr || !order || !sizes) {
    return fail(
      `header ${JSON.stringify(text.trim().slice(0, 200))}: expected 'descr', 'fortran_order' and 'shape'`,
    );
  }
  if (descr[1] === "[") return fail(`elements of several fields: ${otherKinds["V"]}`);
  const shape = (sizes[1].match(/\d+/g) ?? []).map(Number);
  if (shape.length > MOST_AXES) return fail(`${shape.length} axes; expected at most ${MOST_AXES}`);
  const type = typeOf(descr[1].slice(1, -1), fail);
  const expected = sizeOf(shape) * type.bytes;
  if (total - start !== expected) {
    throw new FormatError(
      source,
      start,
      `${type.type} ${formatShape(shape)} needs ${expected} bytes of elements, found ${total - start}`,
    );
  }
  const fortranOrder = order[1] === "True";
  return { descr: descr[1].slice(1, -1), ...type, fortranOrder, shape, start };
}
