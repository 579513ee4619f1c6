// Batches of the native engine against those of the reference engine, with each instruction set.

import { rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sample } from "../../src/data/augment/augmentation.js";
import { fitMap } from "../../src/data/geometry.js";
import { type Gather, SAMPLE_FIELDS, SOURCE_FIELDS } from "../../src/engine/engine.js";
import { nativeEngine } from "../../src/engine/native/index.js";
import { gather as reference } from "../../src/engine/reference/gather.js";
import { scratchFolder } from "../fixtures/data.js";
import { addonIfBuilt } from "../support/addon.js";
import { fieldsOf, sourcesOf } from "../support/sources.js";
import { relativeError } from "./case.js";

const size = fc.integer({ min: 1, max: 20 });
const channels = fc.constantFrom(1, 2, 3, 5);
const pixels = fc.integer({ min: -25, max: 25 });
/** Without numbers so small that kernels take them for 0. */
const real = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((value) => (Math.abs(value) < 1e-30 ? 0 : value));

/** Maps that only shift and mirror, which have a path of their own, and any others. */
const wholeMap = fc
  .tuple(fc.constantFrom(1, -1), pixels, fc.constantFrom(1, -1), pixels)
  .map(([a, c, e, f]) => [a, 0, c, 0, e, f]);
const anyMap = fc
  .tuple(real(-2, 2), real(-2, 2), real(-25, 25), real(-2, 2), real(-2, 2), real(-25, 25))
  .map((numbers) => [...numbers]);

/** Maps along the axes, of which those that shrink have another path. */
const straightMap = fc
  .tuple(real(-5, 5), real(-25, 25), real(-5, 5), real(-25, 25))
  .map(([a, c, e, f]) => [a, 0, c, 0, e, f]);

/** What one sample is made of; `own` and `partner` are taken modulo the number of images. */
const sampleOf = fc.record({
  map: fc.oneof(wholeMap, straightMap, anyMap),
  aside: fc.oneof(wholeMap, straightMap, anyMap),
  box: fc.tuple(size, size, size, size),
  weight: real(0, 1),
  patch: fc.oneof(fc.constant([0, 0, 0, 0]), fc.tuple(size, size, size, size)),
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
      sources: sourcesOf(
        samples.flatMap(({ own, partner }) => [
          own % stored,
          partner === null ? -1 : partner % stored,
        ]),
        sizes,
      ),
      samples: Float32Array.from(
        samples.flatMap(({ map, box, weight, aside, patch }) =>
          fieldsOf(map, box, weight, aside, patch),
        ),
      ),
      mean: Array.from({ length: sizes.channels }, (_, channel) => 100 + channel),
      std: Array.from({ length: sizes.channels }, (_, channel) => 50 + channel),
    };
  });

const lengthOf = ({ samples, channels: c, outHeight, outWidth }: Gather) =>
  (samples.length / SAMPLE_FIELDS) * c * outHeight * outWidth;

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

/** An 11x13 image made smaller in the same way. */
const reduced = [
  {
    size: [4, 3],
    expected: [
      ...[60.9524, 163.1384, 105.0071, 167.5604, 76.852, 164.509, 106.3737, 180.5665],
      ...[92.6781, 155.2691, 97.1415, 156.2392],
    ],
  },
  {
    size: [5, 10],
    expected: [
      ...[39.8083, 130.1629, 154.05, 84.3788, 174.6333, 43.1514, 135.9545, 159.2679, 88.7121],
      ...[181.1847, 48.6333, 140.2879, 165.4024, 93.5316, 185.5972, 55.1542, 145.1212, 170.0571],
      ...[99.5455, 189.5208, 59.7194, 151.0518, 174.5548, 104.7121, 195.7667, 63.6736, 156.2879],
      ...[128.7917, 109.0454, 201.707, 69.7667, 160.6212, 90.8214, 114.4205, 205.5083, 75.9208],
      ...[165.899, 95.2667, 120.3232, 155.8875, 79.6306, 171.9407, 99.9738, 125.0454, 140.1],
      ...[84.1958, 176.6212, 106.2393, 129.3788, 145.4292],
    ],
  },
];

/** The 4x3 image as a batch of a size, with pixel centres at half-integers. */
function enlargement(outWidth: number, outHeight: number): Gather {
  const [across, down] = [4 / outWidth, 3 / outHeight];
  const map = [across, 0, across / 2 - 0.5, 0, down, down / 2 - 0.5];
  return {
    ...{ channels: 1, outHeight, outWidth, mean: [0], std: [1] },
    images: Uint8Array.from(stored),
    sources: Float64Array.of(0, 3, 4, -1, 0, 0),
    samples: Float32Array.from(fieldsOf(map)),
  };
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

  test.each(reduced)("shrinks as Pillow does, to $size", async ({ size, expected }) => {
    const [outWidth, outHeight] = size;
    const [height, width] = [11, 13];
    const image = Uint8Array.from({ length: height * width }, (_, at) => at * 37 + (at >> 2) * 11);
    const map = fitMap("stretch", { height, width }, { height: outHeight, width: outWidth });
    const batch = {
      ...{ channels: 1, outHeight, outWidth, mean: [0], std: [1], images: image },
      sources: Float64Array.of(0, height, width, -1, 0, 0),
      samples: Float32Array.from(fieldsOf(map)),
    };
    const [found, slow] = [engine.buffer(expected.length), new Float32Array(expected.length)];
    await engine.gather(batch, found);
    reference(batch, slow);
    for (const numbers of [found, slow]) {
      for (const [at, value] of numbers.entries()) expect(value).toBeCloseTo(expected[at], 3);
    }
  });

  test("a fine pattern becomes grey when it shrinks, turned or not", async () => {
    const [side, small] = [96, 24];
    const images = Uint8Array.from({ length: side * side }, (_, at) => 255 * (at % 2));
    const shrinking = fitMap(
      "stretch",
      { height: side, width: side },
      { height: small, width: small },
    );
    const sample = new Sample(() => shrinking);
    sample.warp([Math.cos(1), -Math.sin(1), 0, Math.sin(1), Math.cos(1), 0], {
      height: small,
      width: small,
    });
    const turned = sample.mapFrom({ height: side, width: side });
    for (const map of [shrinking, turned]) {
      const batch = {
        ...{ channels: 1, outHeight: small, outWidth: small, mean: [0], std: [1], images },
        sources: Float64Array.of(0, side, side, -1, 0, 0),
        samples: Float32Array.from(fieldsOf(map)),
      };
      const out = engine.buffer(small * small);
      await engine.gather(batch, out);
      // Away from the border, beside which a turned image is black.
      const middle = out.filter((_, at) => Math.hypot((at % small) - 11.5, at / small - 11.5) < 8);
      expect(Math.min(...middle)).toBeGreaterThan(90);
      expect(Math.max(...middle)).toBeLessThan(165);
    }
  });

  test("reads images of their own size from a file where they lie", async () => {
    const path = join(await scratchFolder(), "images.bin");
    const bytes = Uint8Array.from({ length: 4096 + 6 * 4 * 3 + 5 * 7 * 3 }, (_, at) => at * 31);
    await writeFile(path, bytes);
    const batch = {
      ...{ channels: 3, outHeight: 3, outWidth: 2, mean: [1, 2, 3], std: [4, 5, 6] },
      sources: Float64Array.of(4096, 6, 4, 4096 + 72, 5, 7),
      samples: Float32Array.from(
        fieldsOf([2, 0, 0.5, 0, 2, 0.5], [0, 0, 0, 0], 0.25, [3, 0, 1, 0, 1.5, 0]),
      ),
    };
    const file = { path, bytes: bytes.length };
    const [found, slow, expected] = [engine.buffer(18), new Float32Array(18), engine.buffer(18)];
    await engine.gather({ ...batch, images: bytes }, expected);
    await engine.gather({ ...batch, images: file }, found);
    reference({ ...batch, images: file }, slow);
    expect([...found]).toEqual([...expected]);
    expect(relativeError(slow, expected)).toBeLessThan(1e-5);
    const gone = { path: `${path}.gone`, bytes: bytes.length };
    await expect(engine.gather({ ...batch, images: gone }, found)).rejects.toThrow(
      /gone: cannot be mapped/,
    );
    // A file that has become shorter than it was said to be.
    const cut = { path, bytes: 2 * bytes.length };
    const beyond = {
      ...batch,
      sources: Float64Array.of(bytes.length, 6, 4, -1, 0, 0),
      images: cut,
    };
    await expect(engine.gather(beyond, found)).rejects.toThrow(/bin was changed/);
    expect(() => reference(beyond, slow)).toThrow(/bin: it got shorter while it was in use/);
  });

  test("refuses a file that was changed since it was mapped, and reads on in one that is gone", async () => {
    const path = join(await scratchFolder(), "images.bin");
    const bytes = Uint8Array.from({ length: 16384 }, (_, at) => at * 31);
    const batch = {
      ...{ channels: 1, outHeight: 1, outWidth: 1, mean: [0], std: [1] },
      sources: Float64Array.of(12000, 4, 4, -1, 0, 0),
      samples: Float32Array.from(fieldsOf([1, 0, 0, 0, 1, 0])),
    };
    const changes: [change: () => Promise<unknown>, message: RegExp | undefined][] = [
      [() => truncate(path, 1000), /bin was changed while it was in use \(16384 bytes, now 1000\)/],
      [() => utimes(path, 1, 1), /bin was changed while it was in use/],
      [() => rm(path), undefined],
    ];
    for (const [change, message] of changes) {
      await writeFile(path, bytes);
      const images = { path, bytes: bytes.length };
      const found = engine.buffer(1);
      await engine.gather({ ...batch, images }, found);
      await change();
      const again = engine.gather({ ...batch, images }, found);
      if (message) await expect(again).rejects.toThrow(message);
      else await expect(again).resolves.toBeUndefined();
      expect(found[0]).toBe(bytes[12000]);
    }
  });

  test("is black from half a pixel behind the border's centres on, and nowhere before", async () => {
    const places = [-0.51, -0.5, -0.49, 0, 1.49, 1.5, 1.51];
    const batch = {
      ...{ channels: 1, outHeight: 1, outWidth: 1, mean: [0], std: [1] },
      images: Uint8Array.of(10, 20),
      sources: Float64Array.from(places.flatMap(() => [0, 1, 2, -1, 0, 0])),
      samples: Float32Array.from(places.flatMap((x) => fieldsOf([1, 0, x, 0, 1, 0]))),
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
    ["half a row", { sources: Float64Array.of(0, 0.5, 8, -1, 0, 0) }],
    ["no width", { sources: Float64Array.of(0, 3, 0, -1, 0, 0) }],
    ["no image", { sources: Float64Array.of(-1, 0, 0, -1, 0, 0) }],
    ["a part of a byte", { sources: Float64Array.of(0.5, 2, 2, -1, 0, 0) }],
    ["a place that is no number", { sources: Float64Array.of(Number.NaN, 2, 2, -1, 0, 0) }],
    ["a size beyond all bytes", { sources: Float64Array.of(0, 2 ** 40, 2 ** 40, -1, 0, 0) }],
    ["a size beyond counting", { outHeight: 2 ** 31 }],
    ["an image beyond the bytes", { sources: Float64Array.of(1, 3, 4, -1, 0, 0) }],
    ["f32 sources", { sources: Float32Array.of(0, 3, 4, -1, 0, 0) as never }],
    ["half a sample", { sources: Float64Array.of(0, 3, 4) }],
    ["f64 fields", { samples: new Float64Array(SAMPLE_FIELDS) as never }],
    ["a mean too many", { mean: [1, 2] }],
  ])("every engine refuses %s at its door", async (_, change) => {
    const batch = { ...enlargement(2, 2), ...change };
    await expect(engine.gather(batch, engine.buffer(4))).rejects.toThrow(/^gather: /);
    expect(() => reference(batch, new Float32Array(4))).toThrow(/^gather: /);
  });

  test("numbers that are no numbers show black, and touch no other memory", async () => {
    const samples = new Float32Array(SAMPLE_FIELDS).fill(Number.NaN);
    const sizes = { channels: 1, outHeight: 2, outWidth: 2 };
    const sources = Float64Array.of(0, 2, 2, -1, 0, 0);
    const batch = { ...sizes, sources, samples, mean: [51], std: [51] };
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
    const indices = Array.from({ length: 2 * count }, (_, at) => (at % 2 ? -1 : at >> 1));
    const all = sourcesOf(indices, { height: side, width: side, channels: 1 });
    const plain = { channels: 1, outHeight: side, outWidth: side, images, mean: [10], std: [3] };
    const fields = Float32Array.from({ length: count * SAMPLE_FIELDS }, (_, at) =>
      [0, 4, 10].includes(at % SAMPLE_FIELDS) ? 1 : 0,
    );
    const whole = engine.buffer(count * side * side);
    await engine.gather({ ...plain, sources: all, samples: fields }, whole);
    const last = engine.buffer(side * side);
    const sources = all.subarray(-2 * SOURCE_FIELDS);
    await engine.gather({ ...plain, sources, samples: fields.slice(0, SAMPLE_FIELDS) }, last);
    expect([...whole.subarray((count - 1) * side * side)]).toEqual([...last]);
  });
});
