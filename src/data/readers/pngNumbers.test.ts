import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { pngChunk } from "../pixels/pngWriting.js";
import { pngNumbers } from "./pngNumbers.js";

/** A PNG file of rows as they are stored, each with its filter in front. */
function png(width: number, height: number, depth: number, type: number, rows: readonly number[]) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(Uint8Array.from(rows))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

test("gives the indices of a palette and the levels of few bits", () => {
  expect([...pngNumbers(png(3, 2, 8, 3, [0, 0, 1, 2, 0, 20, 0, 255])).of]).toEqual([
    0, 1, 2, 20, 0, 255,
  ]);
  expect([...pngNumbers(png(5, 1, 2, 3, [0, 0b00011011, 0b10000000])).of]).toEqual([0, 1, 2, 3, 2]);
  expect([...pngNumbers(png(3, 1, 1, 0, [0, 0b10100000])).of]).toEqual([1, 0, 1]);
  expect([...pngNumbers(png(1, 1, 8, 2, [0, 7, 7, 7])).of]).toEqual([7]);
});

test("reads what another library writes, with all filters of rows", async () => {
  const size = fc.integer({ min: 1, max: 12 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer(), fc.boolean(), async (width, height, seed, noise) => {
      const data = Uint8Array.from({ length: width * height }, (_, at) =>
        noise ? ((at + 1) * (seed | 1)) >>> 3 : at + seed,
      );
      const file = await sharp(data, { raw: { width, height, channels: 1 } })
        .toColourspace("b-w")
        .png({ adaptiveFiltering: true })
        .toBuffer();
      expect(pngNumbers(file)).toEqual({ width, height, of: data });
    }),
    { numRuns: 60 },
  );
});

/** A file whose header lacks its last byte. */
const short = png(1, 1, 8, 0, [0, 1]);
short.writeUInt32BE(12, 8);

test.each([
  ["colours", png(1, 1, 8, 2, [0, 1, 2, 3]), /it has colours; expected a number of a class/],
  ["16 bits", png(1, 1, 16, 0, [0, 1, 2]), /16 bits; expected 1, 2, 4, 8/],
  ["7 bits", png(1, 1, 7, 0, [0, 1]), /7 bits; expected 1, 2, 4, 8/],
  ["no bits", png(1, 1, 0, 0, [0]), /0 bits; expected/],
  ["colours of few bits", png(1, 1, 4, 2, [0, 1, 2]), /the header is damaged/],
  ["a short header", short, /the header is damaged/],
  ["another filter", png(1, 1, 8, 0, [9, 1]), /damaged/],
  ["too few pixels", png(2, 2, 8, 0, [0, 1]), /cut off or damaged/],
  ["no PNG", Buffer.from("GIF89a00000"), /no PNG/],
])("refuses %s", (_, bytes, message) => {
  expect(() => pngNumbers(bytes)).toThrow(message);
});

test("a file that is cut off is refused, never read", () => {
  const whole = png(3, 2, 8, 3, [0, 0, 1, 2, 0, 20, 0, 255]);
  for (let length = 0; length < whole.length; length++) {
    expect(() => pngNumbers(whole.subarray(0, length))).toThrow();
  }
});
