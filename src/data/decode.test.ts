import { execFileSync } from "node:child_process";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test, vi } from "vitest";
import { scratchFolder } from "../../test/fixtures/data.js";
import { decodeImage, decodeInOrder, imageSize } from "./decode.js";

type Pixels = Uint8Array | Uint16Array;

/** A PNG of these numbers. */
const png = (data: Pixels, width: number, channels: 1 | 2 | 3 | 4) => {
  const raw = { width, height: data.length / width / channels, channels };
  const image = sharp(data, { raw });
  const deep = data instanceof Uint16Array;
  if (channels < 3) image.toColourspace(deep ? "grey16" : "b-w");
  else if (deep) image.toColourspace("rgb16");
  return image.png().toBuffer();
};

/** A TIFF of fractions, 32 bits each. */
function floatTiff(values: readonly number[], width: number): Uint8Array {
  const height = values.length / width;
  const tags = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8 + 2 + 12 * 10 + 4],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, 4 * values.length],
    [339, 3, 3],
  ];
  const bytes = Buffer.alloc(8 + 2 + 12 * tags.length + 4 + 4 * values.length);
  bytes.write("II*\0", 0, "latin1");
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(tags.length, 8);
  for (const [at, [tag, type, value]] of tags.entries()) {
    const place = 10 + 12 * at;
    bytes.writeUInt16LE(tag, place);
    bytes.writeUInt16LE(type, place + 2);
    bytes.writeUInt32LE(1, place + 4);
    bytes.writeUInt32LE(value, place + 8);
  }
  for (const [at, value] of values.entries()) {
    bytes.writeFloatLE(value, bytes.length - 4 * (values.length - at));
  }
  return bytes;
}

const numbers = async (...given: Parameters<typeof decodeImage>) => [
  ...(await decodeImage(...given)).data,
];

test("an upload is decoded as it is, in its own shape", async () => {
  const upload = await png(
    Uint8Array.from({ length: 18 }, (_, at) => at),
    3,
    3,
  );
  const image = await decodeImage(upload);
  expect(image).toMatchObject({ height: 2, width: 3, channels: 3 });
  expect([...image.data]).toEqual(Array.from({ length: 18 }, (_, at) => at));
});

test("grey becomes equal channels, colour grey by its luma", async () => {
  expect(await numbers(await png(Uint8Array.of(7, 200), 2, 1))).toEqual([7, 7, 7, 200, 200, 200]);
  expect(await numbers(await png(Uint8Array.of(7, 200), 2, 1), { channels: 1 })).toEqual([7, 200]);
  const colours = await png(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255), 3, 3);
  expect(await numbers(colours, { channels: 1 })).toEqual([76, 150, 29]);
});

test("what is transparent is laid on white unless four channels are wanted", async () => {
  const clear = await png(Uint8Array.of(0, 0, 0, 0, 10, 20, 30, 255), 2, 4);
  expect(await numbers(clear)).toEqual([255, 255, 255, 10, 20, 30]);
  expect(await numbers(clear, { channels: 4 })).toEqual([0, 0, 0, 0, 10, 20, 30, 255]);
  const opaque = await png(Uint8Array.of(1, 2, 3), 1, 3);
  expect(await numbers(opaque, { channels: 4 })).toEqual([1, 2, 3, 255]);
  const deep = await png(Uint16Array.of(0, 0, 0, 0), 1, 4);
  expect(await numbers(deep)).toEqual([255, 255, 255]);
});

test("16 bits become bytes over the whole range, or between percentiles", async () => {
  const deep = await png(Uint16Array.of(0, 257, 2570, 65535), 4, 1);
  expect(await numbers(deep, { channels: 1 })).toEqual([0, 1, 10, 255]);
  const dark = await png(
    Uint16Array.from({ length: 201 }, (_, at) => 100 + at),
    201,
    1,
  );
  const spread = await numbers(dark, { channels: 1, range: "percentile" });
  expect([spread[0], spread[2], spread[100], spread[198], spread[200]]).toEqual([
    0, 0, 128, 255, 255,
  ]);
});

test("fractions from 0 to 1 become bytes", async () => {
  const image = floatTiff([0, 0.1, 0.5, 1, 2, -1], 3);
  expect(await numbers(image, { channels: 1 })).toEqual([0, 26, 128, 255, 255, 0]);
});

test("a large image is made smaller by its shorter side, a small one stays", async () => {
  const wide = await png(new Uint8Array(40 * 10), 40, 1);
  expect(await decodeImage(wide, { side: 5 })).toMatchObject({ height: 5, width: 20 });
  expect(await decodeImage(wide, { side: 50 })).toMatchObject({ height: 10, width: 40 });
});

test("many images come in their order, each with what became of it", async () => {
  const sources = await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      at === 7 ? Buffer.from("no image") : png(Uint8Array.of(at), 1, 1),
    ),
  );
  const found = [];
  for await (const { image, reason } of decodeInOrder(sources))
    found.push(image?.data[0] ?? reason);
  expect(found[7]).toMatch(/unsupported image format/);
  found[7] = 7;
  expect(found).toEqual(Array.from({ length: 30 }, (_, at) => at));
});

test.skipIf(process.platform === "win32")("a pipe is no image, and is not waited for", async () => {
  const pipe = join(await scratchFolder(), "a.png");
  execFileSync("mkfifo", [pipe]);
  await expect(decodeImage(pipe)).rejects.toThrow(`${pipe}: it is no file`);
  await expect(imageSize(pipe)).rejects.toThrow(`${pipe}: it is no file`);
});

test("says what to install when images cannot be decoded here", async () => {
  vi.doMock("sharp", () => {
    throw new Error("Could not load the sharp module");
  });
  await expect(decodeImage("x.png")).rejects.toThrow(/npm install sharp/);
});
