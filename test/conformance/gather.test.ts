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
