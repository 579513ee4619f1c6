// NumPy's array files, versions 1 to 3
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

import { FormatError } from "./formatError.js";
import { bytesOfTensor, type HostTensor, hostTensor } from "./host.js";
import { formatShape, type Shape, sizeOf, stridesOf } from "./shape.js";
import { decode, type StoredType, storedTypes } from "./stored.js";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const typeCodes: Readonly<Record<string, StoredType>> = {
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

interface Header {
  readonly type: StoredType;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  /** Where the elements begin. */
  readonly start: number;
}

/** The header's text, a Python dictionary, and where it ends. */
function headerText(bytes: Uint8Array, source: string): { text: string; start: number } {
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
  if (before + length > bytes.length) {
    throw new FormatError(source, 8, `header of ${length} bytes in a file of ${bytes.length}`);
  }
  const text = new TextDecoder("latin1").decode(bytes.subarray(before, before + length));
  return { text, start: before + length };
}

function parseHeader(bytes: Uint8Array, source: string): Header {
  const { text, start } = headerText(bytes, source);
  const fail = (message: string): never => {
    throw new FormatError(source, 10, message);
  };
  const descr = /'descr':\s*'([<>|=])(\w+)'/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(text);
  if (!descr || !order || !sizes) {
    return fail(
      `header ${JSON.stringify(text.trim().slice(0, 200))}: expected a plain 'descr', 'fortran_order' and 'shape'`,
    );
  }
  const type = Object.hasOwn(typeCodes, descr[2]) ? typeCodes[descr[2]] : undefined;
  if (!type) {
    return fail(
      `elements of type '${descr[1]}${descr[2]}'; readable are ${Object.keys(typeCodes).join(", ")}`,
    );
  }
  return {
    type,
    littleEndian: descr[1] !== ">",
    fortranOrder: order[1] === "True",
    shape: (sizes[1].match(/\d+/g) ?? []).map(Number),
    start,
  };
}

/** Elements in column-major order put into row-major order. */
function toRowMajor({ dtype, shape, data }: HostTensor): HostTensor {
  const columnStrides = stridesOf([...shape].reverse()).reverse();
  const rowStrides = stridesOf(shape);
  const result = hostTensor(dtype, shape);
  for (let at = 0; at < data.length; at++) {
    let from = 0;
    for (const [axis, size] of shape.entries()) {
      from += (Math.floor(at / rowStrides[axis]) % size) * columnStrides[axis];
    }
    result.data[at] = data[from];
  }
  return result;
}

/**
 * Reads an array. Floats become f32; integers become i32, but unsigned bytes and booleans u8.
 *
 * @param source name for messages
 * @throws FormatError for a damaged or truncated file, another type, or an integer over 32 bits.
 * @example
 * const bytes = writeNpy(hostTensor("f32", [2, 2], Float32Array.of(1, 2, 3, 4)));
 * const { dtype, shape, data } = readNpy(bytes);
 * [dtype, shape, [...data]]; // ["f32", [2, 2], [1, 2, 3, 4]]
 */
export function readNpy(bytes: Uint8Array, source = "array"): HostTensor {
  const { type, littleEndian, fortranOrder, shape, start } = parseHeader(bytes, source);
  const expected = sizeOf(shape) * storedTypes[type].bytes;
  if (bytes.length - start !== expected) {
    throw new FormatError(
      source,
      start,
      `${type} ${formatShape(shape)} needs ${expected} bytes of elements, found ${bytes.length - start}`,
    );
  }
  const tensor = decode(bytes.subarray(start), type, shape, littleEndian, (byte, message) => {
    throw new FormatError(source, start + byte, message);
  });
  return fortranOrder ? toRowMajor(tensor) : tensor;
}

const descriptions = { f32: "<f4", i32: "<i4", u8: "|u1" } as const;

/**
 * Writes an array as a version 1 file.
 *
 * @example
 * new TextDecoder().decode(writeNpy(hostTensor("u8", [3])).subarray(1, 6)); // "NUMPY"
 */
export function writeNpy(tensor: HostTensor): Uint8Array {
  const { dtype, shape } = tensor;
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const text = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padding = 63 - ((10 + text.length) % 64);
  const header = new TextEncoder().encode(`${text}${" ".repeat(padding)}\n`);
  const elements = bytesOfTensor(tensor);
  const file = new Uint8Array(10 + header.length + elements.length);
  file.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  file.set(header, 10);
  file.set(elements, 10 + header.length);
  return file;
}
