import { describe, expect, it } from "vitest";
import { readNpy } from "./npy.js";

/** A version 1 file, laid out as NumPy writes it. */
function npy(header: string, elements: ArrayBufferView | number[]): Uint8Array {
  const content = Array.isArray(elements)
    ? Uint8Array.from(elements)
    : new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  const text = Buffer.from(`${header.padEnd(117)}\n`, "latin1");
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0];
  return Buffer.concat([Uint8Array.from(magic), text, content]);
}

const header = (descr: string, shape = "(2,)", fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

const types: [
  descr: string,
  elements: ArrayBufferView | number[],
  dtype: string,
  data: number[],
][] = [
  ["|b1", [0, 1], "u8", [0, 1]],
  ["|u1", [0, 255], "u8", [0, 255]],
  ["|i1", [1, 255], "i32", [1, -1]],
  ["<u2", Uint16Array.of(1, 65535), "i32", [1, 65535]],
  ["<i2", Int16Array.of(1, -2), "i32", [1, -2]],
  [">i2", [0, 1, 255, 254], "i32", [1, -2]],
  ["<u4", Uint32Array.of(1, 2147483647), "i32", [1, 2147483647]],
  ["<i4", Int32Array.of(1, -2147483648), "i32", [1, -2147483648]],
  ["<i8", BigInt64Array.of(1n, -2n), "i32", [1, -2]],
  ["<u8", BigUint64Array.of(1n, 2n), "i32", [1, 2]],
  ["<f2", Uint16Array.of(0x3c00, 0xc580), "f32", [1, -5.5]],
  ["<f2", Uint16Array.of(0x0001, 0x7bff), "f32", [2 ** -24, 65504]],
  ["<f4", Float32Array.of(1.5, -3), "f32", [1.5, -3]],
  [">f4", [0x3f, 0xc0, 0, 0, 0xc0, 0x40, 0, 0], "f32", [1.5, -3]],
  ["<f8", Float64Array.of(1.5, 0.1), "f32", [1.5, Math.fround(0.1)]],
];

describe("readNpy", () => {
  it.each(types)("reads %s", (descr, elements, dtype, data) => {
    const tensor = readNpy(npy(header(descr), elements));
    expect(tensor.dtype).toBe(dtype);
    expect(tensor.shape).toEqual([2]);
    expect([...tensor.data]).toEqual(data);
  });

  it("puts column-major elements into row-major order", () => {
    const bytes = npy(header("|u1", "(2, 3)", "True"), [1, 4, 2, 5, 3, 6]);
    expect([...readNpy(bytes).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("reads a scalar and an empty array", () => {
    expect(readNpy(npy(header("|u1", "()"), [7])).shape).toEqual([]);
    expect(readNpy(npy(header("|u1", "(0, 3)"), [])).shape).toEqual([0, 3]);
  });

  it.each([
    [npy(header("<i8"), BigInt64Array.of(1n, 4706803564n)), "byte 136: element 1 is 4706803564"],
    [npy(header("|u1"), [1]), "byte 128: u8 [2] needs 2 bytes of elements, found 1"],
    [npy(header("|u1"), [1, 2, 3]), "needs 2 bytes of elements, found 3"],
    [npy(header("<U7"), []), "elements of type '<U7'; readable are b1, u1"],
    [npy("{'descr': [('a', '<f4')], 'shape': (2,)}", []), "expected a plain 'descr'"],
    [Buffer.from("GIF89a    "), "byte 0: not a .npy file"],
    [npy(header("|u1"), [1, 2]).subarray(0, 50), "byte 8: header of 118 bytes in a file of 50"],
  ])("refuses what it cannot read", (bytes, message) => {
    expect(() => readNpy(bytes, "a.npy")).toThrow(message);
    expect(() => readNpy(bytes, "a.npy")).toThrow("a.npy, byte ");
  });
});
