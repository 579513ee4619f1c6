// Batches of the native engine against those of the reference engine, with each instruction set.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gather, SAMPLE_FIELDS } from "../../src/engine/engine.js";
import { loadAddon, NativeUnavailable, nativeEngine } from "../../src/engine/native/index.js";
import { gather as reference } from "../../src/engine/reference/gather.js";
import { relativeError } from "./case.js";

const size = fc.integer({ min: 1, max: 20 });
const channels = fc.constantFrom(1, 2, 3, 5);
const pixels = fc.integer({ min: -25, max: 25 });
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Maps that only shift and mirror, which have a path of their own, and any others. */
const wholeMap = fc
  .tuple(fc.constantFrom(1, -1), pixels, fc.constantFrom(1, -1), pixels)
  .map(([a, c, e, f]) => [a, 0, c, 0, e, f]);
const anyMap = fc
  .tuple(real(-2, 2), real(-2, 2), real(-25, 25), real(-2, 2), real(-2, 2), real(-25, 25))
  .map((numbers) => [...numbers]);

/** What one sample is made of; `own` and `partner` are taken modulo the number of images. */
const sampleOf = fc.record({
  map: fc.oneof(wholeMap, anyMap),
  box: fc.tuple(size, size, size, size),
  weight: real(0, 1),
  own: fc.nat(100),
  partner: fc.option(fc.nat(100)),
});

const batches = fc
  .record({
    height: size,
    width: size,
    channels,
    outHeight: size,
    outWidth: size,
    stored: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(1000),
    samples: fc.array(sampleOf, { minLength: 1, maxLength: 40 }),
  })
  .map(({ samples, stored, seed, ...sizes }): Gather => {
    const length = stored * sizes.height * sizes.width * sizes.channels;
    return {
      ...sizes,
      images: Uint8Array.from({ length }, (_, at) => ((at + seed) * 7919) >> 3),
      indices: Int32Array.from(
        samples.flatMap(({ own, partner }) => [
          own % stored,
          partner === null ? -1 : partner % stored,
        ]),
      ),
      samples: Float32Array.from(
        samples.flatMap(({ map, box, weight }) => [...map, ...box, weight]),
      ),
      mean: Array.from({ length: sizes.channels }, (_, channel) => 100 + channel),
      std: Array.from({ length: sizes.channels }, (_, channel) => 50 + channel),
    };
  });

const lengthOf = ({ indices, channels: c, outHeight, outWidth }: Gather) =>
  (indices.length / 2) * c * outHeight * outWidth;

/** A 4x3 image enlarged by Pillow 13.0.0: Image.resize, BILINEAR, mode F. */
const stored = [10, 20, 40, 60, 200, 100, 50, 0, 7, 77, 177, 255];
const enlarged = [
  {
    size: [8, 6],
    expected: [
      ...[10, 12.5, 17.5, 25, 35, 45, 55, 60],
      ...[57.5, 53.125, 44.375, 40.625, 41.875, 43.125, 44.375, 45],
      ...[152.5, 134.375, 98.125, 71.875, 55.625, 39.375, 23.125, 15],
      ...[151.75, 137.375, 108.625, 91.125, 84.875, 77.25, 68.25, 63.75],
      ...[55.25, 62.125, 75.875, 98.375, 129.625, 156.75, 179.75, 191.25],
      ...[7, 24.5, 59.5, 102, 152, 196.5, 235.5, 255],
    ],
  },
  {
    size: [6, 5],
    expected: [
      ...[10, 15, 23.3333, 36.6667, 50, 60],
      ...[86, 69, 50.6667, 45.3333, 40, 36],
      ...[200, 150, 91.6667, 58.3333, 25, 0],
      ...[84.2, 85.2, 92.8667, 119.5333, 139.6, 153],
      ...[7, 42, 93.6667, 160.3333, 216, 255],
    ],
  },
];

/** That image as a batch of a size, with pixel centres at half-integers. */
function enlargement(outWidth: number, outHeight: number): Gather {
  const [across, down] = [4 / outWidth, 3 / outHeight];
  const map = [across, 0, across / 2 - 0.5, 0, down, down / 2 - 0.5];
  return {
    ...{ height: 3, width: 4, channels: 1, outHeight, outWidth, mean: [0], std: [1] },
    images: Uint8Array.from(stored),
    indices: Int32Array.of(0, -1),
    samples: Float32Array.of(...map, 0, 0, 0, 0, 1),
  };
}

/** The addon, where it is built. */
function addonIfBuilt() {
  try {
    return loadAddon();
  } catch (error) {
    if (error instanceof NativeUnavailable) return undefined;
    throw error;
  }
}

const addon = addonIfBuilt();
const best = addon?.describe().isa ?? "";

describe.skipIf(!addon)("native gather", () => {
  let engine: ReturnType<typeof nativeEngine>;
  beforeAll(() => {
    engine = nativeEngine({ threads: 2 });
  });
  afterAll(async () => {
    addon?.chooseIsa(best);
    await engine?.close();
  });

  test.each(["baseline", "avx2", "avx512"])("agrees with the reference: %s", async (isa) => {
    // A machine that lacks the set has nothing to compare.
    if (!addon?.chooseIsa(isa)) return expect(addon?.describe().isa).not.toBe(isa);
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const expected = new Float32Array(lengthOf(batch));
        reference(batch, expected);
        const found = engine.buffer(expected.length).fill(Number.NaN);
        await engine.gather(batch, found);
        expect(relativeError(found, expected)).toBeLessThan(1e-5);
      }),
      { numRuns: 300 },
    );
  });

  test.each(enlarged)("enlarges as Pillow does, to $size", async ({ size, expected }) => {
    const [outWidth, outHeight] = size;
    const batch = enlargement(outWidth, outHeight);
    const [found, slow] = [engine.buffer(expected.length), new Float32Array(expected.length)];
    await engine.gather(batch, found);
    reference(batch, slow);
    for (const numbers of [found, slow]) {
      expect([...numbers].map((value) => Math.round(value * 1e4) / 1e4)).toEqual(expected);
    }
  });

  test("is black from half a pixel behind the border's centres on, and nowhere before", async () => {
    const places = [-0.51, -0.5, -0.49, 0, 1.49, 1.5, 1.51];
    const batch = {
      ...{ height: 1, width: 2, channels: 1, outHeight: 1, outWidth: 1, mean: [0], std: [1] },
      images: Uint8Array.of(10, 20),
      indices: Int32Array.from(places.flatMap(() => [0, -1])),
      samples: Float32Array.from(places.flatMap((x) => [1, 0, x, 0, 1, 0, 0, 0, 0, 0, 1])),
    };
    const [found, slow] = [engine.buffer(places.length), new Float32Array(places.length)];
    await engine.gather(batch, found);
    reference(batch, slow);
    expect([...found]).toEqual([0, 10, 10, 10, 20, 20, 0]);
    expect([...slow]).toEqual([...found]);
  });

  test.each<[string, Partial<Gather>]>([
    ["part of an image", { images: new Uint8Array(5) }],
    ["a list for an image", { images: [0, 1, 2, 3] as never }],
    ["signed bytes", { images: new Int8Array(4) as never }],
    ["half a row", { height: 0.5, width: 8 }],
    ["no width", { width: 0 }],
    ["a size beyond counting", { outHeight: 2 ** 31 }],
    ["an index beyond the images", { indices: Int32Array.of(1, -1) }],
    ["f32 indices", { indices: Float32Array.of(0, -1) as never }],
    ["half a sample", { indices: Int32Array.of(0, -1, 0) }],
    ["f64 fields", { samples: new Float64Array(SAMPLE_FIELDS) as never }],
    ["a mean too many", { mean: [1, 2] }],
  ])("every engine refuses %s at its door", async (_, change) => {
    const batch = { ...enlargement(2, 2), ...change };
    await expect(engine.gather(batch, engine.buffer(4))).rejects.toThrow(/^gather: /);
    expect(() => reference(batch, new Float32Array(4))).toThrow(/^gather: /);
  });

  test("numbers that are no numbers show black, and touch no other memory", async () => {
    const samples = new Float32Array(SAMPLE_FIELDS).fill(Number.NaN);
    const sizes = { height: 2, width: 2, channels: 1, outHeight: 2, outWidth: 2 };
    const indices = Int32Array.of(0, -1);
    const batch = { ...sizes, indices, samples, mean: [51], std: [51] };
    const out = engine.buffer(4);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -3e38, 2 ** 31]) {
      samples.fill(value);
      samples.fill(0, 6, 10);
      await engine.gather({ ...batch, images: Uint8Array.of(255, 255, 255, 255) }, out);
      expect([...out]).toEqual([-1, -1, -1, -1]);
    }
  });

  test("a batch large enough for several threads is the same as its parts", async () => {
    const [count, side] = [300, 28]; // 235,200 numbers
    const images = Uint8Array.from({ length: count * side * side }, (_, at) => (at * 31) >> 2);
    const all = Int32Array.from({ length: 2 * count }, (_, at) => (at % 2 ? -1 : at >> 1));
    const sizes = { height: side, width: side, channels: 1, outHeight: side, outWidth: side };
    const plain = { ...sizes, images, mean: [10], std: [3] };
    const fields = Float32Array.from({ length: count * SAMPLE_FIELDS }, (_, at) =>
      [0, 4, 10].includes(at % SAMPLE_FIELDS) ? 1 : 0,
    );
    const whole = engine.buffer(count * side * side);
    await engine.gather({ ...plain, indices: all, samples: fields }, whole);
    const last = engine.buffer(side * side);
    const indices = all.subarray(2 * count - 2);
    await engine.gather({ ...plain, indices, samples: fields.slice(0, SAMPLE_FIELDS) }, last);
    expect([...whole.subarray((count - 1) * side * side)]).toEqual([...last]);
  });
});
