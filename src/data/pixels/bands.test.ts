import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bandTiff } from "../../../test/support/bandTiff.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { openTrained, predictFiles, readRunConfig, train } from "../../runs/index.js";
import { decodeImage } from "../decode.js";
import { readerOf } from "../images.js";
import { openDataset } from "../sources.js";

const numbers = Uint16Array.from({ length: 6 * 8 * 4 }, (_, at) => (at * 331) % 60_000);
const bytes = Array.from(numbers, (value) => Math.round(value / 257));

describe("four bands of 16 bits", () => {
  test.each(["rgb", "blackIsZero"] as const)(
    "are read as they are, whatever colours %s says",
    async (kind) => {
      const file = await bandTiff(numbers, { width: 8, bands: 4, kind });
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
    const file = await bandTiff(flat, { width: 16, bands: 4 });
    const { height, width, data, original } = await decodeImage(file, { channels: 4, side: 4 });
    expect([height, width, original]).toEqual([4, 4, { height: 16, width: 16 }]);
    for (const [at, value] of data.entries()) expect(value).toBe([200, 1, 100, 0][at % 4]);
  });

  test("are refused for a net of colours; a fourth band that is opacity stays opacity", async () => {
    const file = await bandTiff(numbers, { width: 8, bands: 4 });
    await expect(decodeImage(file)).rejects.toThrow(
      "it has 4 bands of 16 bits; expected 3 channels",
    );
    const clear = await bandTiff(numbers, { width: 8, bands: 4, extra: 2 });
    await expect(decodeImage(clear)).resolves.toMatchObject({ channels: 3 });
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
          await bandTiff(data, { width: 8, bands: 4 }),
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
    const opaque = await bandTiff(new Uint16Array(8 * 8 * 4), { width: 8, bands: 4, extra: 2 });
    for (const at of [0, 1]) {
      writeFileSync(path.replace("0.tif", `${at}.tif`), opaque);
      writeFileSync(path.replace("dark/0.tif", `bright/${at}.tif`), opaque);
    }
    await expect(openDataset(join(folder, "data"), settings)).rejects.toThrow(
      "setting range is train, but no training image has 16 bits without opacity",
    );
  });
});
