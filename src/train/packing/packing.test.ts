// Tensors are packed without loss, and what is no packed tensor is refused within bounds.

import { expect, test } from "vitest";
import type { DType } from "../../tensor/dtype.js";
import { type HostTensor, hostTensor, widened } from "../../tensor/host.js";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import { pack, unpack } from "./index.js";

const random = new Random({ seed: 1, purpose: "search" });
const floats = (shape: readonly number[], value: (at: number) => number) =>
  hostTensor(
    "f32",
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, at) => value(at)),
  );
const whole = (most: number) => Math.floor((most + 1) * random.uniform());
/** Mostly 0. */
const rare = (value: () => number) => (random.uniform() < 0.9 ? 0 : value());

const mask = hostTensor(
  "i8",
  [20, 50],
  Int8Array.from({ length: 1000 }, () => rare(() => 1)),
);
const masked = (value: () => number) => floats([20, 50], (at) => (mask.data[at] ? value() : 0));

/** Tensors of every kind, and what they are packed as. */
const kinds: Readonly<Record<string, readonly [HostTensor, string, boolean?]>> = {
  "a few multiples of a scale": [
    floats([20, 50], () => (whole(15) - 8) * Math.fround(0.0137)),
    "grid",
  ],
  "multiples of a scale for each output": [
    floats([10, 100], (at) => (whole(254) - 127) * Math.fround(0.001 * (1 + Math.floor(at / 100)))),
    "grid",
  ],
  "whole numbers from 0": [floats([20, 50], () => 3 * whole(255)), "grid"],
  "zeros alone": [floats([1000], () => 0), "grid"],
  "a table of numbers": [floats([20, 50], () => Math.fround(Math.sin(whole(11)))), "codebook"],
  "mostly zeros": [floats([20, 50], () => rare(() => random.normal())), "f32"],
  "zeros far apart": [floats([2000], (at) => (at % 700 === 699 ? at : 0)), "f32"],
  "behind a mask": [masked(() => random.normal()), "f32", true],
  "multiples behind a mask, some of them 0": [masked(() => (whole(6) - 3) / 4), "grid", true],
  "what is no number": [
    floats([500], (at) => [0, -0, Number.NaN, Number.POSITIVE_INFINITY][at % 97] ?? 0),
    "f32",
  ],
  "bytes below 0": [
    hostTensor(
      "i8",
      [500],
      Int8Array.from({ length: 500 }, () => whole(6) - 127),
    ),
    "i8",
  ],
  "bytes from 0": [
    hostTensor(
      "u8",
      [500],
      Uint8Array.from({ length: 500 }, () => rare(() => 255)),
    ),
    "u8",
  ],
};

const bits = ({ dtype, shape, data }: HostTensor<DType>) => [
  dtype,
  shape,
  Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

function roundTrip(tensors: readonly (readonly [string, HostTensor])[]) {
  const { tensors: written, packed } = pack(tensors);
  const stored = new Map(written.map(([name, tensor]) => [name, widened(tensor)]));
  return { stored, packed, read: unpack(stored, JSON.stringify(packed), "file", 1000) };
}

test.each(Object.entries(kinds))("%s", (_, [tensor, as, behind]) => {
  const tensors = [["w", tensor], ...(behind ? [["w.mask", mask] as const] : [])] as const;
  const { stored, packed, read } = roundTrip(tensors);
  expect(packed["w"]).toMatchObject({ as, ...(behind && { where: "w.mask" }) });
  expect([...read.keys()].sort()).toEqual(tensors.map(([name]) => name).sort());
  expect(bits(read.get("w")!)).toEqual(bits(widened(tensor)));
  const bytes = [...stored.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  expect(bytes).toBeLessThan(tensor.data.byteLength);
});

test("numbers with nothing to gain stay as they are", () => {
  const plain = floats([20, 50], () => random.normal());
  const { packed, read } = roundTrip([
    ["w", plain],
    ["count", hostTensor("i32", [1], Int32Array.of(7))],
  ]);
  expect(packed).toEqual({});
  expect(read.get("w")).toEqual(plain);
});

test("about as small as their entropy", () => {
  const sparse = floats([1e5], () => rare(() => whole(15) - 8));
  const { stored } = roundTrip([["w", sparse]]);
  const counts = new Map<number, number>();
  for (const value of sparse.data) counts.set(value, (counts.get(value) ?? 0) + 1);
  const entropy = [...counts.values()].reduce((sum, n) => sum - n * Math.log2(n / 1e5), 0) / 8;
  expect(stored.get("w")!.data.length).toBeLessThan(1.04 * entropy);
});

test("what is no packed tensor is refused by name, and takes no memory", () => {
  const { stored, packed } = roundTrip([
    ["w", kinds["multiples behind a mask, some of them 0"][0]],
    ["w.mask", mask],
    ["table", kinds["a table of numbers"][0]],
  ]);
  const refused = (change: object, tensors: Iterable<readonly [string, HostTensor]> = []) => {
    const text = JSON.stringify({ ...packed, ...change });
    return expect(() => unpack(new Map([...stored, ...tensors]), text, "best.safetensors", 1000));
  };
  const cut = (name: string, by: number): [string, HostTensor] => {
    const { data } = stored.get(name)!;
    return [
      name,
      hostTensor("u8", [data.length - by], data.subarray(0, data.length - by) as Uint8Array),
    ];
  };
  const place = "best.safetensors, byte 8: packed tensor";
  refused({}, [cut("w", 3)]).toThrow(`${place} "w": expected a stream of`);
  refused({}, [cut("w.mask", stored.get("w.mask")!.data.length - 5)]).toThrow(`${place} "w.mask"`);
  refused({ table: { ...packed["table"], shape: [20, 51] } }).toThrow(
    `${place} "table": expected a stream of 1020 numbers`,
  );
  refused({ table: { ...packed["table"], shape: [20, 49] } }).toThrow(`${place} "table"`);
  refused({ table: { ...packed["table"], shape: [1e5, 1e5] } }).toThrow(
    "packed tensors of 40.0 GB in a file of 1.0 KB",
  );
  refused({ table: { ...packed["table"], shape: [-1] } }).toThrow(
    "best.safetensors: packed.table.shape.0",
  );
  refused({ w: { ...packed["w"], where: "table.mask" } }).toThrow(
    `${place} "w": "table.mask" is no tensor of [20, 50]`,
  );
  refused({ w: { ...packed["w"], where: "w" } }).toThrow(`${place} "w": "w" is no tensor`);
  refused({ "w.mask": { ...packed["w.mask"], shape: [500] } }).toThrow(
    `${place} "w.mask": expected a stream of gaps within [500]`,
  );
  refused({ none: packed["table"] }).toThrow(`${place} "none": expected bytes (U8) of that name`);
  const row = (values: readonly number[]) =>
    hostTensor("f32", [values.length], Float32Array.from(values));
  refused({}, [["table.codebook", row([1, 2])]]).toThrow(
    `${place} "table": has codes behind the 2 of "table.codebook"`,
  );
  refused({}, [["w.scale", row([1, 2])]]).toThrow(
    `${place} "w": 2 scales; expected one, or one for each output`,
  );
  refused({}, [["w.scale", row([Number.NaN])]]).toThrow(
    `${place} "w": "w.scale" holds NaN; expected finite numbers`,
  );
  refused({}, [["table.codebook", row([1, Number.POSITIVE_INFINITY])]]).toThrow(
    `${place} "table": "table.codebook" holds Infinity; expected finite numbers`,
  );
  refused({}, [["w.scale", hostTensor("u8", [1])]]).toThrow(
    `${place} "w": expected "w.scale" as a row of F32`,
  );
  expect(() => unpack(stored, "{", "best.safetensors", 1)).toThrow(
    'metadata "packed" is no JSON: {',
  );
});
