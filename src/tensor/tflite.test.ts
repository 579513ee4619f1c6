import { describe, expect, test } from "vitest";
import { type FlatSpec, flatBuffer } from "../../test/support/flatBuffer.js";
import { tinyTflite } from "../../test/support/tinyTflite.js";
import { FormatError } from "./formatError.js";
import { Random } from "./philox.js";
import { numbersOf, readTflite, type TfliteTensor } from "./tflite.js";

test("tensors and operators are read in their order", () => {
  const { tensors, operators } = readTflite(tinyTflite(), "tiny");
  expect(operators).toEqual([
    { code: 3, inputs: [0, 1, 2] },
    { code: 4, inputs: [5, 3, 4] },
    { code: 3, inputs: [8, 6, 7] },
  ]);
  expect(tensors.map(({ shape }) => shape)).toEqual([
    [1, 4, 4, 3],
    ...[[2, 1, 2, 3], [2]],
    ...[[1, 2, 1, 2], [2]],
    [1, 2, 2, 2],
    ...[[3, 1, 1, 2], [3]],
    [1, 1, 1, 2],
  ]);
  expect(tensors[1]).toMatchObject({ name: "kernel", type: 3, scales: [0.5], zeroPoints: [2] });
  expect([...tensors[1].data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(tensors[0].data).toHaveLength(0);
});

describe("numbers", () => {
  const tensor: TfliteTensor = {
    ...{ name: "w", shape: [2, 2], type: 3, data: Uint8Array.of(0, 128, 130, 255) },
    ...{ scales: [0.5], zeroPoints: [128], axis: 0 },
  };

  test.each<[string, Partial<TfliteTensor>, readonly number[]]>([
    ["bytes", {}, [-64, 0, 1, 63.5]],
    ["of axis 0", { scales: [1, 2], zeroPoints: [0, 130] }, [0, 128, 0, 250]],
    ["of axis 1", { scales: [1, 2], zeroPoints: [0, 128], axis: 1 }, [0, 0, 130, 254]],
    ["signed bytes", { type: 9, zeroPoints: [0] }, [0, -64, -63, -0.5]],
    ["not quantised", { scales: [], zeroPoints: [] }, [0, 128, 130, 255]],
    ["i32", { type: 2, shape: [1], zeroPoints: [] }, [-4_112_384]],
    [
      "f32",
      { type: 0, shape: [1], data: new Uint8Array(Float32Array.of(1.5).buffer), scales: [] },
      [1.5],
    ],
  ])("%s", (_, change, expected) => {
    expect([...numbersOf({ ...tensor, ...change }, "a")]).toEqual(expected);
  });

  test.each<[string, Partial<TfliteTensor>, RegExp]>([
    ["a type without numbers", { type: 5 }, /"w" \[2, 2\]: type 5; readable are/],
    ["too few bytes", { shape: [2, 3] }, /4 bytes are stored for 6 elements of 1 each/],
    ["negative sides", { shape: [-2, -2] }, /stored for 4 elements/],
    ["scales of no axis", { scales: [1, 2, 3] }, /3 scales; expected 1, or 2 along axis 0/],
    [
      "an axis that is not there",
      { scales: [1, 2], axis: 7 },
      /2 scales; expected 1, or 1 along axis 7/,
    ],
  ])("%s is refused", (_, change, message) => {
    expect(() => numbersOf({ ...tensor, ...change }, "a")).toThrow(message);
  });
});

describe("a damaged file", () => {
  /** Reads all that there is; anything but a FormatError is a fault. */
  const read = (bytes: Uint8Array): boolean => {
    try {
      for (const tensor of readTflite(bytes, "a").tensors) numbersOf(tensor, "a");
      return true;
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  };
  const whole = tinyTflite();

  test("that is cut anywhere is refused or read", () => {
    for (let length = 0; length < whole.length; length++) read(whole.slice(0, length));
    expect(read(whole.slice(0, whole.length / 2))).toBe(false);
  });

  test("with any bytes changed is refused or read", () => {
    const random = new Random({ seed: 1, purpose: "augment" });
    const draw = (below: number) => Math.floor(random.uniform() * below);
    for (let round = 0; round < 5000; round++) {
      const bytes = whole.slice();
      for (let changes = 1 + draw(3); changes > 0; changes--) {
        bytes[8 + draw(bytes.length - 8)] = [0, 1, 127, 128, 255, draw(256)][draw(6)];
      }
      read(bytes);
    }
  });

  test("whose parts lead to each other again and again is refused at once", () => {
    const tensor: FlatSpec = [{ vector: "i32", of: Array(200).fill(1) }];
    const graph: FlatSpec = [{ tables: Array(200).fill(tensor) }];
    const bytes = flatBuffer("TFL3", [undefined, undefined, { tables: [graph] }]);
    // All tables of the list become the first one, whose shape is most of the file then.
    const list = bytes.length - 200 * (4 * 201 + 14) - 4 * 200;
    const view = new DataView(bytes.buffer);
    const first = list + view.getUint32(list, true);
    for (let at = 0; at < 200; at++) view.setUint32(list + 4 * at, first - list - 4 * at, true);
    const short = bytes.slice(0, list + 4 * 200 + 4 * 201 + 14);
    expect(() => readTflite(short, "a")).toThrow(/its parts lead to each other/);
  });

  test("of another kind is refused", () => {
    expect(() => readTflite(new Uint8Array(3), "a")).toThrow(/no TensorFlow Lite file/);
    expect(() => readTflite(flatBuffer("TFL3", []), "a")).toThrow(/it has no graph/);
  });
});
