import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { pngChunk } from "./pngWriting.js";
import { smallPng } from "./smallPng.js";

/** A PNG file of one row of pixels without a filter. */
function png(pixels: readonly number[], colours: 0 | 2 | 3, ...more: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(colours === 2 ? pixels.length / 3 : pixels.length, 0);
  header.writeUInt32BE(1, 4);
  header.set([8, colours], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    ...[
      pngChunk("IHDR", header),
      ...more,
      pngChunk("IDAT", deflateSync(Uint8Array.of(0, ...pixels))),
    ],
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

test("pixels are those that sharp reads, whatever the filters", async () => {
  const size = fc.integer({ min: 1, max: 40 });
  const kinds = fc.constantFrom(1 as const, 3 as const);
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer(), fc.boolean(), kinds, async (...given) => {
      const [width, height, seed, noise, channels] = given;
      const data = Uint8Array.from({ length: width * height * channels }, (_, at) =>
        noise ? ((at + 1) * (seed | 1)) >>> 5 : at / 3 + seed,
      );
      const file = await sharp(data, { raw: { width, height, channels } })
        .toColourspace(channels === 1 ? "b-w" : "srgb")
        .png({ adaptiveFiltering: true })
        .toBuffer();
      expect(smallPng(file)).toEqual({ width, height, channels, data });
    }),
    { numRuns: 60 },
  );
});

test("what does not change pixels is passed over, and what may is left to others", () => {
  const text = pngChunk("tEXt", Buffer.from("Title\0a"));
  expect(smallPng(png([1, 2, 3], 0, text))?.data).toEqual(Uint8Array.of(1, 2, 3));
  expect(smallPng(png([1, 2, 3], 2))).toMatchObject({ width: 1, channels: 3 });
  for (const type of ["tRNS", "gAMA", "iCCP", "eXIf", "sBIT", "PLTE", "acTL"]) {
    expect(smallPng(png([1, 2, 3], 0, pngChunk(type, Buffer.alloc(6))))).toBeUndefined();
  }
  expect(smallPng(png([0, 1], 3))).toBeUndefined();
  expect(smallPng(png(new Array(2 ** 14 + 1).fill(0), 0))).toBeUndefined();
  expect(smallPng(Buffer.from("GIF89a"))).toBeUndefined();
  expect(smallPng(new Uint8Array(0))).toBeUndefined();
});

test("a file with any byte changed, or cut off, is not read", () => {
  const whole = png([10, 20, 30, 40], 0);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 1;
    expect(smallPng(damaged), `byte ${at}`).toBeUndefined();
    expect(smallPng(whole.subarray(0, at)), `${at} bytes`).toBeUndefined();
  }
});

test("a file with far more than its pixels is left to the library", () => {
  const text = pngChunk("tEXt", Buffer.alloc(4000, "a"));
  expect(smallPng(png([1, 2, 3], 0, text))?.width).toBe(3);
  expect(smallPng(png([1, 2, 3], 0, ...Array.from({ length: 20 }, () => text)))).toBeUndefined();
});
