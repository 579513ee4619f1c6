import { describe, expect, it } from "vitest";
import { type HostTensor, hostTensor, widened } from "./host.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

/** A file with a header of any kind and `size` bytes of tensors. */
function file(header: unknown, size: number): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(size)]);
}

const entry = (begin: number, end: number, change: object = {}) => ({
  dtype: "F32",
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...change,
});

const refused: [what: string, bytes: Uint8Array, message: string][] = [
  ["an empty file", new Uint8Array(), "byte 0: a file of 0 bytes"],
  ["a header over the end", file("{}", 0).subarray(0, 9), "declares a header of 2 bytes, found 1"],
  ["a header that is not JSON", file("{", 0), "byte 8: the header is not JSON"],
  ["a header behind blanks", file(" {}", 0), "the header is not JSON: not an object"],
  [
    "two tensors of one name",
    file(
      '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
    ),
    'two members are called "a"',
  ],
  [
    "a shape given twice",
    file('{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}', 1),
    'two members are called "shape"',
  ],
  ["a header that is a list", file([], 0), "byte 8: the header is not JSON: not an object"],
  ["an unknown type", file({ a: entry(0, 4, { dtype: "F4" }) }, 4), 'tensor "a": type "F4"'],
  ["an inherited name as type", file({ a: entry(0, 4, { dtype: "toString" }) }, 4), "toString"],
  ["a negative size", file({ a: entry(0, 4, { shape: [-1] }) }, 4), 'tensor "a": shape [-1]'],
  ["offsets in reverse", file({ a: entry(4, 0, { shape: [1] }) }, 4), "data_offsets [4,0]"],
  [
    "offsets that differ from the shape",
    file({ a: entry(0, 4, { shape: [2] }) }, 4),
    'tensor "a": F32 [2] needs 8 bytes, data_offsets give it 4',
  ],
  [
    "overlap",
    file({ a: entry(0, 8), b: entry(4, 12) }, 12),
    'tensor "b" begins at 4, inside the tensor before it (to 8)',
  ],
  ["a hole", file({ a: entry(0, 4), b: entry(8, 12) }, 12), 'tensor "b" begins at 8, after a hole'],
  ["truncation", file({ a: entry(0, 8) }, 7), 'tensor "a" ends at 8, but only 7 bytes'],
  ["bytes of no tensor", file({ a: entry(0, 8) }, 9), "1 bytes belong to no tensor"],
  ["metadata that is no text", file({ __metadata__: { a: 1 } }, 0), "__metadata__"],
];

describe("safetensors", () => {
  it("has the published layout", () => {
    const bytes = writeSafetensors(
      [
        ["mask", hostTensor("u8", [3], Uint8Array.of(1, 2, 3))],
        ["w", hostTensor("f32", [1, 2], Float32Array.of(1, -2))],
      ],
      { format: "convoy" },
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString())).toEqual({
      __metadata__: { format: "convoy" },
      w: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] },
      mask: { dtype: "U8", shape: [3], data_offsets: [8, 11] },
    });
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192, 1, 2, 3]);
    expect(readSafetensors(bytes).metadata).toEqual({ format: "convoy" });
  });

  it("reads half-precision floats", () => {
    const header = {
      h: { dtype: "F16", shape: [1], data_offsets: [0, 2] },
      b: { dtype: "BF16", shape: [1], data_offsets: [2, 4] },
    };
    const bytes = file(header, 4);
    bytes.set([0x00, 0x3c, 0xc0, 0x3f], bytes.length - 4);
    const { tensors } = readSafetensors(bytes);
    expect(tensors.get("h")?.data).toEqual(Float32Array.of(1));
    expect(tensors.get("b")).toEqual(hostTensor("bf16", [1], Uint16Array.of(0x3fc0)));
    expect(widened(tensors.get("b")!).data).toEqual(Float32Array.of(1.5));
  });

  it("keeps narrow types, and aligns what is wider", () => {
    const all: readonly (readonly [string, HostTensor])[] = [
      ["i8", hostTensor("i8", [3], Int8Array.of(-128, -1, 127))],
      ["bf16", hostTensor("bf16", [1], Uint16Array.of(0x7fc1))],
      ["f32", hostTensor("f32", [1], Float32Array.of(0.5))],
    ];
    const { tensors } = readSafetensors(writeSafetensors(all));
    expect([...tensors.keys()]).toEqual(["f32", "bf16", "i8"]);
    expect(tensors).toEqual(new Map(all));
  });

  it.each(refused)("refuses %s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes, "w.safetensors")).toThrow(message);
    expect(() => readSafetensors(bytes, "w.safetensors")).toThrow("w.safetensors, byte ");
  });
});
