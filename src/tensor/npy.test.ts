import { describe, expect, it } from "vitest";
import { hostTensor } from "./host.js";
import { readNpy, readNpyTexts, writeNpy } from "./npy.js";
import { parseHeader } from "./npyHeader.js";

/** A version 1 file, laid out as NumPy writes it. */
function npy(header: string, elements: ArrayBufferView | number[]): Uint8Array {
  const content = Array.isArray(elements)
    ? Uint8Array.from(elements)
    : new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  const text = Buffer.from(`${header.padEnd(117)}\n`, "latin1");
  const length = [text.length & 255, text.length >> 8];
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, ...length];
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
  ["|i1", [1, 255], "i8", [1, -1]],
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

  it("reads many elements as it reads few, whatever their byte order", () => {
    const count = 100_003;
    const numbers = Float64Array.from({ length: count }, (_, at) => at - 0.5);
    const reversed = new Uint8Array(numbers.buffer.slice(0));
    for (let at = 0; at < count; at++) reversed.subarray(8 * at, 8 * at + 8).reverse();
    const shape = `(${count},)`;
    expect(readNpy(npy(header("<f8", shape), numbers)).data).toEqual(Float32Array.from(numbers));
    expect(readNpy(npy(header(">f8", shape), reversed)).data).toEqual(Float32Array.from(numbers));
    const wrong = Uint32Array.from(numbers, (_, at) => (at === 70_000 ? 2 ** 31 : at));
    expect(() => readNpy(npy(header("<u4", shape), wrong), "a.npy")).toThrow(
      `a.npy, byte ${128 + 4 * 70_000}: element 70000 is 2147483648`,
    );
  });

  it("copies its elements, or leaves them where they are when that is allowed", () => {
    const bytes = new Uint8Array(npy(header("<f4"), Float32Array.of(1.5, -3)));
    const [copy, shared] = [readNpy(bytes), readNpy(bytes, "array", { share: true })];
    bytes.fill(0, 128);
    expect([...copy.data, ...shared.data]).toEqual([1.5, -3, 0, 0]);
    const odd = new Uint8Array(137).subarray(1);
    odd.set(npy(header("<f4"), Float32Array.of(1.5, -3)));
    expect([...readNpy(odd, "array", { share: true }).data]).toEqual([1.5, -3]);
  });

  it("reads the header of Python 2, and one of version 2", () => {
    expect(readNpy(npy(header("|u1", "(2L, 1L)"), [1, 2])).shape).toEqual([2, 1]);
    const one = npy(header("|u1"), [1, 2]);
    const two = Buffer.concat([one.subarray(0, 10), Buffer.alloc(2), one.subarray(10)]);
    two[6] = 2;
    expect([...readNpy(two).data]).toEqual([1, 2]);
  });

  it("reads a scalar and an empty array", () => {
    expect(readNpy(npy(header("|u1", "()"), [7])).shape).toEqual([]);
    expect(readNpy(npy(header("|u1", "(0, 3)"), [])).shape).toEqual([0, 3]);
    expect(readNpy(npy(header("|u1", `(${"1,".repeat(64)})`), [7])).shape).toHaveLength(64);
  });

  it.each([
    [npy(header("<i8"), BigInt64Array.of(1n, 4706803564n)), "byte 136: element 1 is 4706803564"],
    [npy(header("|u1"), [1]), "byte 128: u8 [2] needs 2 bytes of elements, found 1"],
    [npy(header("|u1"), [1, 2, 3]), "needs 2 bytes of elements, found 3"],
    [
      npy(header(">i8"), [0, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
      "is 2147483648, which",
    ],
    [
      npy(header("<u8"), BigUint64Array.of(2n ** 64n - 1n, 0n)),
      "element 0 is 18446744073709552000",
    ],
    [
      npy(header("<u4"), Uint32Array.of(1, 4294967295)),
      "element 1 is 4294967295, which does not fit a",
    ],
    [npy(header("<f8"), Float64Array.of(1, -1e39)), "is -1e+39, which does not fit a 32-bit float"],
    [npy(header("<U7"), new Uint8Array(56)), "elements of type '<U7' are texts; expected numbers"],
    [npy(header("|O"), []), "elements of type '|O': Python objects, which only Python can read"],
    [npy(header("<c8"), []), "elements of type '<c8': complex numbers"],
    [npy(header("|u1\n"), []), "elements of type '|u1\\n'; readable are"],
    [npy(header("<M8[ns]"), []), "elements of type '<M8[ns]': dates"],
    [npy(header("<f16"), []), "elements of type '<f16'; readable are b1, u1"],
    [npy(header("<U0"), []), "elements of type '<U0'; readable are"],
    [npy("{'descr': '|u1', 'shape': (2,)}", []), "expected 'descr', 'fortran_order' and 'shape'"],
    [
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", []),
      "elements of several fields: records or raw bytes; save each field",
    ],
    [
      npy(header("|u1", `(${"1,".repeat(65)})`).slice(0, 65536), [7]),
      "65 axes; expected at most 64",
    ],
    [Buffer.from("GIF89a    "), "byte 0: not a .npy file"],
    [npy(header("|u1"), [1, 2]).subarray(0, 50), "byte 8: header of 118 bytes in a file of 50"],
  ])("refuses what it cannot read", (bytes, message) => {
    expect(() => readNpy(bytes, "a.npy")).toThrow(message);
    expect(() => readNpy(bytes, "a.npy")).toThrow("a.npy, byte ");
  });
});

describe("writeNpy", () => {
  it("knows signed bytes, and refuses what NumPy lacks", () => {
    const tensor = hostTensor("i8", [2], Int8Array.of(-1, 1));
    expect(readNpy(writeNpy(tensor))).toEqual(tensor);
    expect(() => writeNpy(hostTensor("bf16", [1]))).toThrow("holds no bf16; write f32");
  });
});

describe("parseHeader", () => {
  it("needs the beginning of a file only", () => {
    const { descr, shape, start } = parseHeader(npy(header("<f8", "(1000, 3)"), []), "a", 24_128);
    expect({ descr, shape, start }).toEqual({ descr: "<f8", shape: [1000, 3], start: 128 });
  });

  it("refuses one that is longer than any", () => {
    const long = npy(header("|u1").padEnd(65_535), []);
    const patched = Buffer.concat([long.subarray(0, 8), Buffer.of(1, 0, 1, 0), long.subarray(10)]);
    patched[6] = 2;
    expect(() => parseHeader(Buffer.concat([patched, Buffer.alloc(9)]), "a.npy")).toThrow(
      "a.npy, byte 8: header of 65537 bytes",
    );
  });
});

describe("readNpyTexts", () => {
  const characters = (texts: string[], width: number, littleEndian = true) => {
    const view = new DataView(new ArrayBuffer(4 * width * texts.length));
    for (const [row, text] of texts.entries()) {
      for (const [at, character] of [...text].entries()) {
        view.setUint32(4 * (row * width + at), character.codePointAt(0)!, littleEndian);
      }
    }
    return view;
  };

  it("reads characters of either byte order", () => {
    const texts = ["cat", "", "n\u00e9\u{1f408}"];
    const little = npy(header("<U4", "(3,)"), characters(texts, 4));
    const big = npy(header(">U4", "(3, 1)"), characters(texts, 4, false));
    expect(readNpyTexts(little)).toEqual({ shape: [3], data: texts });
    expect(readNpyTexts(big)).toEqual({ shape: [3, 1], data: texts });
  });

  it("reads what was written, empty texts and astral letters too", () => {
    for (const data of [["cat", "", "n\u00e9\u{1f408}"], [""], []]) {
      const texts = { shape: [data.length], data };
      expect(readNpyTexts(writeNpy(texts))).toEqual(texts);
    }
  });

  it("reads bytes as UTF-8", () => {
    const bytes = npy(header("|S3"), [...Buffer.from("ab\0n\u00e9")]);
    expect(readNpyTexts(bytes).data).toEqual(["ab", "n\u00e9"]);
  });

  it("keeps what stands before the NULs at the end alone", () => {
    expect(readNpyTexts(npy(header("<U3"), characters(["a\0b", "\0c"], 3))).data).toEqual([
      ...["a\0b", "\0c"],
    ]);
    expect(readNpyTexts(npy(header("|S2"), [0, 97, 97, 0])).data).toEqual(["\0a", "a"]);
  });

  it("puts column-major elements into row-major order", () => {
    const bytes = npy(header("|S1", "(2, 3)", "True"), [...Buffer.from("adbecf")]);
    expect(readNpyTexts(bytes).data.join("")).toBe("abcdef");
    expect(readNpyTexts(npy(header("|S1", "()", "True"), [97])).data).toEqual(["a"]);
  });

  it.each([
    [npy(header("<U1"), Uint32Array.of(97, 0x110000)), "byte 132: element 1 holds what is no char"],
    [npy(header("|S1"), [97, 0xe9]), "byte 129: element 1 holds what is no character of Unicode"],
    [npy(header("<i4"), Int32Array.of(1, 2)), "elements of type '<i4' are numbers; expected texts"],
    [npy(header("<U2"), Uint32Array.of(97, 98)), "characters [2] needs 16 bytes of elements"],
  ])("refuses what is no text", (bytes, message) => {
    expect(() => readNpyTexts(bytes, "a.npy")).toThrow(message);
  });
});
