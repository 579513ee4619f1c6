import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { bandTiff } from "../../../test/support/bandTiff.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { InputError } from "../../inputError.js";
import { openTrained, predictFiles, readRunConfig, train } from "../../runs/index.js";
import { decodeImage, decodeInOrder, imageSize } from "../decode.js";
import { readerOf } from "../images.js";
import { openDataset } from "../sources.js";

const numbers = Uint16Array.from({ length: 6 * 8 * 4 }, (_, at) => (at * 331) % 60_000);
const bytes = Array.from(numbers, (value) => Math.round(value / 257));

describe("four bands of 16 bits", () => {
  test.each(["rgb", "blackIsZero"] as const)(
    "are read as they are, whatever colours %s says",
    async (kind) => {
      const file = bandTiff(numbers, { width: 8, bands: 4, kind });
      const image = await decodeImage(file, { channels: 4 });
      expect(image).toMatchObject({ height: 6, width: 8, channels: 4 });
      const off = Array.from(image.data, (value, at) => Math.abs(value - bytes[at]));
      expect(Math.max(...off)).toBeLessThanOrEqual(1);
      const limits = await decodeImage(file, { channels: 4, range: "0-662,0-662,0-662,0-1986" });
      expect([...limits.data.subarray(0, 8)]).toEqual([0, 128, 255, 128, 255, 255, 255, 255]);
    },
  );

  test("are made smaller band by band, none being opacity", async () => {
    // Where the fourth band is 0 the others would vanish if it were opacity.
    const flat = Uint16Array.from(
      { length: 16 * 16 * 4 },
      (_, at) => [51_400, 257, 25_700, 0][at % 4],
    );
    const file = bandTiff(flat, { width: 16, bands: 4 });
    const { height, width, data, original } = await decodeImage(file, { channels: 4, side: 4 });
    expect([height, width, original]).toEqual([4, 4, { height: 16, width: 16 }]);
    for (const [at, value] of data.entries()) expect(value).toBe([200, 1, 100, 0][at % 4]);
  });

  test("are refused for a net of colours; a fourth band that is opacity stays opacity", async () => {
    const file = bandTiff(numbers, { width: 8, bands: 4 });
    await expect(decodeImage(file)).rejects.toThrow(
      "it has 4 bands; expected 3 (setting channels)",
    );
    const clear = bandTiff(numbers, { width: 8, bands: 4, extra: 2 });
    await expect(decodeImage(clear)).resolves.toMatchObject({ channels: 3 });
  });
});

describe("bands of other numbers", () => {
  const ramp = Array.from({ length: 4 * 2 * 13 }, (_, at) => at);

  test.each([
    ["6 of 16 bits", 6, Uint16Array.from(ramp.slice(0, 48), (value) => 257 * value)],
    ["13 of 8 bits", 13, Uint8Array.from(ramp)],
    ["5 of 8 bits", 5, Uint8Array.from(ramp.slice(0, 40))],
    ["3 of 16 bits", 3, Uint16Array.from(ramp.slice(0, 24), (value) => 257 * value)],
    ["2 of 16 bits with a sign", 2, Int16Array.from(ramp.slice(0, 16), (value) => 257 * value)],
    ["4 fractions", 4, Float32Array.from(ramp.slice(0, 32), (value) => value / 255)],
    ["1 fraction of 64 bits", 1, Float64Array.from(ramp.slice(0, 8), (value) => value / 255)],
  ])("%s are read as they are", async (_, bands, data) => {
    const file = bandTiff(data, { width: 4, bands, kind: "blackIsZero" });
    const image = await decodeImage(file, { channels: bands });
    expect(image).toMatchObject({ height: 2, width: 4, channels: bands });
    expect([...image.data]).toEqual(ramp.slice(0, data.length));
    expect(await imageSize(file)).toEqual({ height: 2, width: 4 });
    const { width, data: small } = await decodeImage(file, { channels: bands, side: 1 });
    expect([width, small.length]).toEqual([2, 2 * bands]);
    const mean = (of: ArrayLike<number>, band: number) => {
      const own = Array.from(of).filter((_, at) => at % bands === band);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    // Each became smaller for itself.
    for (let band = 0; band < bands; band++) {
      expect(Math.abs(mean(small, band) - mean(image.data, band))).toBeLessThanOrEqual(1.5);
    }
  });

  test.each([
    ["negative ones", Int16Array.of(5, 7, -9999, 3), "it has the number -9999; expected numbers"],
    ["32 bits", Int32Array.of(5, 7, 9, 3), "its numbers are int32; expected uint8, uint16"],
    ["8 bits with a sign", Int8Array.of(5, 7, 9, 3), "its numbers are int8; expected uint8"],
  ])("%s are refused", async (_, data, reason) => {
    const grey = bandTiff(data, { width: 4, bands: 1, kind: "blackIsZero" });
    await expect(decodeImage(grey)).rejects.toThrow(`the image: ${reason}`);
  });

  test("a single band of whole numbers with a sign is grey", async () => {
    const file = bandTiff(Int16Array.of(0, 2570), { width: 2, bands: 1, kind: "blackIsZero" });
    expect([...(await decodeImage(file)).data]).toEqual([0, 0, 0, 10, 10, 10]);
  });

  test("the file's orientation holds for pixels and size", async () => {
    const data = Uint8Array.from(ramp.slice(0, 2 * 3 * 4));
    const file = bandTiff(data, { width: 3, bands: 4, orientation: 6 });
    const image = await decodeImage(file, { channels: 4 });
    const size = { height: 3, width: 2 };
    expect(image).toMatchObject({ ...size, original: size });
    expect(await imageSize(file)).toEqual(size);
    expect([...image.data.subarray(0, 8)]).toEqual([12, 13, 14, 15, 0, 1, 2, 3]);
  });

  test("a file that is cut off has a reason and leaves the others be", async () => {
    const whole = bandTiff(numbers, { width: 8, bands: 4, deflate: true });
    const plain = bandTiff(numbers, { width: 8, bands: 4 });
    // The tags lie behind the pixels: what is cut is the end of the stream that they tell of.
    const broken = Uint8Array.from(whole);
    broken.fill(0, 100, 200);
    const reasons: unknown[] = [];
    const sources = [whole, broken, plain.subarray(0, -20), whole];
    for await (const { image, reason } of decodeInOrder(sources, { channels: 4 })) {
      reasons.push(reason ?? [...image!.data].slice(0, 3));
    }
    const first = [0, 1, 3];
    expect(reasons).toEqual([first, expect.any(String), expect.any(String), first]);
    expect(reasons[1]).toMatch(/^its pixels cannot be decoded, as where a file is cut off \(.+\)$/);
    await expect(decodeImage(broken, { channels: 4 })).rejects.toThrow(InputError);
  });

  test("sizes that would not fit are refused before anything is decoded", async () => {
    const file = bandTiff(numbers, { width: 8, bands: 4, deflate: true, height: 2 ** 26 });
    await expect(decodeImage(file, { channels: 4 })).rejects.toThrow(
      "it has 67108864x8 pixels of 4 bands; expected 1 to 134217728 numbers",
    );
  });
});

describe("a range that no training image takes notice of is refused", () => {
  const chip = Array.from({ length: 64 }, (_, at) => at);
  const fractions = bandTiff(
    Float32Array.from(chip, (value) => value / 64),
    { width: 8, bands: 1, kind: "blackIsZero" },
  );
  const bytesOnly = bandTiff(Uint8Array.from(chip), { width: 8, bands: 1, kind: "blackIsZero" });
  const wide = bandTiff(Uint16Array.from(chip), { width: 8, bands: 1, kind: "blackIsZero" });
  const folder = (image: Uint8Array) =>
    folderOf({ "a/1.tif": image, "a/2.tif": bytesOnly, "b/1.tif": image, "b/2.tif": bytesOnly });
  const settings = { size: 8, channels: 1 };

  test.each([
    ["fractions", "0-3000", fractions],
    ["bytes", "percentile", bytesOnly],
    ["bytes", "train", bytesOnly],
  ])("%s with %s", async (_, range, image) => {
    await expect(openDataset(await folder(image), { ...settings, range })).rejects.toThrow(
      `setting range is ${range}, but no training image has 16 bits without opacity; leave it out`,
    );
    // What is only evaluated may be of another kind than what a net was trained on.
    const known = ["a", "b"];
    const limits = range === "train" ? "0-3000" : range;
    const { train } = await openDataset(await folder(image), { ...settings, range: limits, known });
    expect(train.length).toBeGreaterThan(0);
  });

  test("but some may be of other numbers, and a band of one value has limits too", async () => {
    const one = await openDataset(await folder(wide), { ...settings, range: "0-63" });
    expect(one.train.length).toBe(4);
    const flat = new Uint16Array(64).fill(500);
    const same = bandTiff(flat, { width: 8, bands: 1, kind: "blackIsZero" });
    const { range, train } = await openDataset(await folder(same), { ...settings, range: "train" });
    expect(range).toBe("500-501");
    expect(new Set(readerOf(train.images, 1).read(0))).toEqual(new Set([0]));
  });
});

describe("percentiles of the training images", () => {
  /** Chips of a dark and a bright kind in a part, with a fourth band in units of its own. */
  async function chips(folder: string, part: string, count: number, scale = 1) {
    for (const [name, level] of Object.entries({ dark: 200, bright: 900 })) {
      mkdirSync(join(folder, part, name), { recursive: true });
      for (let at = 0; at < count; at++) {
        const data = Uint16Array.from(
          { length: 8 * 8 * 4 },
          (_, k) => scale * (k % 4 === 3 ? 3000 + 10 * at : level + 7 * at + (k % 5)),
        );
        writeFileSync(
          join(folder, part, name, `${at}.tif`),
          bandTiff(data, { width: 8, bands: 4 }),
        );
      }
    }
  }

  test("are found for each band, hold for every part, and stay with the run", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "data");
    await chips(data, "train", 8);
    await chips(data, "test", 4, 20);
    const settings = { size: 8, channels: 4, range: "train" };
    const splits = await openDataset(data, settings);
    expect(splits.range).toMatch(/^20\d-95\d,20\d-95\d,20\d-95\d,3000-3070$/);
    // Twenty times as bright as anything in training: cut at the training images' limits.
    const { images, channels } = splits.test!;
    expect(new Set(readerOf(images, channels).read(0))).toEqual(new Set([255]));

    const out = join(folder, "run");
    const model = { model: "convnet-gn", batch: 4, epochs: 6, engine: "reference" } as const;
    await train({ data, ...settings, ...model, out });
    const { range } = (await readRunConfig(out)).settings;
    expect(range).toBe(splits.range);
    const net = await openTrained(out, { engine: "reference" });
    const files = ["dark", "bright"].map((name) => join(data, "train", name, "0.tif"));
    const said: unknown[] = [];
    for await (const { prediction } of predictFiles(net, files)) said.push(prediction?.class);
    expect(said).toEqual(["dark", "bright"]);
    await net.close();
  });

  test("are refused where no image has 16 bits", async () => {
    const folder = temporaryFolder();
    await chips(join(folder, "data"), "train", 2);
    const settings = { size: 8, channels: 4, range: "train" };
    const path = join(folder, "data", "train", "dark", "0.tif");
    const opaque = bandTiff(new Uint16Array(8 * 8 * 4), { width: 8, bands: 4, extra: 2 });
    for (const at of [0, 1]) {
      writeFileSync(path.replace("0.tif", `${at}.tif`), opaque);
      writeFileSync(path.replace("dark/0.tif", `bright/${at}.tif`), opaque);
    }
    await expect(openDataset(join(folder, "data"), settings)).rejects.toThrow(
      "setting range is train, but no training image has 16 bits without opacity",
    );
  });
});
