// Bounds, exact zeros and damage of compressed numbers.

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { FormatError } from "../formatError.js";
import { Random } from "../philox.js";
import { compress, restore } from "./container.js";

const random = new Random({ seed: 1, purpose: "augment" });
const normals = (count: number, scale = 1) =>
  Float32Array.from({ length: count }, () => scale * random.normal());
const rectified = (count: number) => normals(count).map((value) => Math.max(0, value));

function errorOf(numbers: Float32Array, bytes: Uint8Array): number {
  const restored = restore(bytes);
  expect(restored).toHaveLength(numbers.length);
  return numbers.reduce((most, value, at) => Math.max(most, Math.abs(value - restored[at])), 0);
}

test("the bound holds for every number, of any tensor", () => {
  const numbers = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 300 });
  fc.assert(
    fc.property(
      numbers,
      fc.float({ min: 2 ** -149, max: Math.fround(1e30), noNaN: true }),
      (x, bound) => {
        expect(errorOf(x, compress(x, { bound }))).toBeLessThanOrEqual(bound);
      },
    ),
  );
});

test.each([
  [[3, 5, 7, 11]],
  [[2, 16, 33, 40]],
  [[1, 1, 130, 130]],
  [[40_000]],
  [[2, 20_000]],
  [[1]],
])("and of shape %o, at any scale", (shape) => {
  const count = shape.reduce((product, size) => product * size, 1);
  for (const [scale, bound] of [
    [1, 0.3],
    [1, 0.001],
    [2000, 1e-4],
    [1e-12, 1e-14],
    [1e-30, 1e-33],
    [1e-36, 2e-38],
    [1e-36, 1e-40],
    [1e-43, 1e-44],
    [1, 1e-300],
  ]) {
    const x = normals(count, scale);
    expect(errorOf(x, compress(x, { bound, shape }))).toBeLessThanOrEqual(bound);
  }
});

test("smooth images take fewer bytes by their neighbours", () => {
  const x = Float32Array.from(
    { length: 64 * 64 },
    (_, at) => Math.sin((at % 64) / 9) * Math.cos(Math.floor(at / 64) / 7),
  );
  const alone = compress(x, { bound: 0.001, shape: [64 * 64, 1, 1] });
  const bytes = compress(x, { bound: 0.001, shape: [64, 64] });
  expect(bytes.length).toBeLessThan(alone.length / 1.5);
  expect(errorOf(x, bytes)).toBeLessThanOrEqual(0.001);
});

test("zeros come back as zeros, and only near ones become zeros", () => {
  const x = rectified(50_000);
  for (const bound of [0.3, 0.01, 0.0001]) {
    const restored = restore(compress(x, { bound, shape: [50, 1000] }));
    expect(restored.every((value, at) => x[at] !== 0 || value === 0)).toBe(true);
    expect(restored.every((value, at) => value !== 0 || x[at] <= bound)).toBe(true);
  }
});

test("what is not finite comes back to the bit, and so does what stands beside it within the bound", () => {
  const x = normals(20_000);
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, 1e-45];
  for (const [at, value] of special.entries()) x[3000 * at + 7] = value;
  for (const shape of [[20_000], [100, 200]]) {
    const bytes = compress(x, { bound: 0.1, shape });
    const restored = restore(bytes);
    expect([7, 3007, 6007, 9007].map((at) => restored[at])).toEqual(
      [...x].filter((_, at) => [7, 3007, 6007, 9007].includes(at)),
    );
    x.forEach((value, at) => {
      if (Math.abs(value) < 10) expect(Math.abs(value - restored[at])).toBeLessThanOrEqual(0.1);
    });
    expect(bytes.length).toBeLessThan(x.byteLength / 4);
  }
});

test("rectified normals take about what their entropy says", () => {
  const x = rectified(200_000);
  const counts = new Map<number, number>();
  for (const value of x) {
    const code = Math.round(value / 0.6);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const entropy = [...counts.values()]
    .map((count) => count / x.length)
    .reduce((sum, share) => sum - share * Math.log2(share), 0);
  const bits = (8 * compress(x, { bound: 0.3 }).length) / x.length;
  expect(bits).toBeLessThan(1.05 * entropy);
});

test("nothing but zeros, and nothing at all, take next to nothing", () => {
  expect(compress(new Float32Array(10_000), { bound: 0.1 }).length).toBeLessThan(64);
  expect(restore(compress(new Float32Array(0), { bound: 0.1 }))).toHaveLength(0);
});

test("what cannot be compressed takes hardly more than it has", () => {
  const x = new Float32Array(
    new Uint32Array(30_000).map(() => Math.floor(random.uniform() * 2 ** 32)).buffer,
  );
  const bytes = compress(x, { bound: 1e-30 });
  expect(bytes.length).toBeLessThan(x.byteLength + 128);
  expect(restore(bytes)).toEqual(x);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("a bound of %d is refused", (bound) => {
  expect(() => compress(new Float32Array(4), { bound })).toThrow(/bound is .*; expected/);
});

test("a shape of another size is refused", () => {
  expect(() => compress(new Float32Array(4), { bound: 1, shape: [5] })).toThrow(
    "4 numbers are not of shape [5]",
  );
});

describe("damage is refused:", () => {
  const x = rectified(40_000);
  const bytes = compress(x, { bound: 0.01, shape: [200, 200] });

  it("any byte that is another", () => {
    for (let at = 0; at < bytes.length; at += at < 80 ? 1 : 97) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] ^= 1 + (at % 255);
      expect(() => restore(damaged), `byte ${at}`).toThrow(FormatError);
    }
  });

  it("any end that is missing", () => {
    for (let length = 0; length < bytes.length; length += length < 80 ? 1 : 331) {
      expect(() => restore(bytes.subarray(0, length)), `${length} bytes`).toThrow(FormatError);
    }
  });

  it("bytes that were never numbers", () => {
    for (const length of [0, 10, 36, 1000]) {
      const noise = Uint8Array.from({ length }, () => Math.floor(random.uniform() * 2 ** 32));
      expect(() => restore(noise, "noise.bin")).toThrow(/^noise\.bin, byte \d+: /);
    }
  });
});
