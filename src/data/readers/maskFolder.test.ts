import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { scratchFolder } from "../../../test/fixtures/data.js";
import { InputError } from "../../inputError.js";
import type { MaskLabels } from "../labels.js";
import { openDataset } from "../sources.js";

/** A grey image of 4x4 pixels, or of another width. */
const grey = (of: readonly number[], width = 4) =>
  sharp(Uint8Array.from(of), { raw: { width, height: of.length / width, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();

async function folder(files: Record<string, Uint8Array>): Promise<string> {
  const path = await scratchFolder();
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), bytes);
  }
  return path;
}

const ramp = Array.from({ length: 16 }, (_, at) => at % 3);
const image = await grey(ramp.map((level) => 100 * level));
const mask = await grey(ramp);

test("reads images and masks of the same names, pixel by pixel", async () => {
  const path = await folder({
    "images/a.png": image,
    "images/b.png": image,
    "masks/a.png": mask,
    "masks/b.png": await grey([...ramp.slice(0, 15), 255]),
  });
  const { train } = await openDataset(path, { size: 4 });
  expect(train.labels).toMatchObject({ kind: "mask", classes: ["0", "1", "2"] });
  expect([...(train.labels as MaskLabels).of.data]).toEqual([...ramp, ...ramp.slice(0, 15), 255]);
  expect([...(train.images.bytes as Uint8Array).subarray(0, 9)]).toEqual([
    0, 0, 0, 100, 100, 100, 200, 200, 200,
  ]);
  const { train: named } = await openDataset(path, { size: 4, classes: ["sky", "sea", "land"] });
  expect(named.labels).toMatchObject({ classes: ["sky", "sea", "land"] });
});

test("reads parts, and masks of 0 and 255 as two classes, and says so", async () => {
  const white = await grey(ramp.map((level) => (level === 1 ? 255 : 0)));
  const path = await folder({
    "Train/images/a.png": image,
    "Train/masks/a.png": white,
    "val/images/b.png": image,
    "val/masks/b.png": white,
  });
  const { train, selection, notes } = await openDataset(path, { size: 4 });
  expect([train.length, selection?.length]).toEqual([1, 1]);
  expect([...(train.labels as MaskLabels).of.data.subarray(0, 4)]).toEqual([0, 1, 0, 0]);
  expect(train.labels).toMatchObject({ classes: ["0", "1"] });
  expect(notes).toEqual([
    expect.stringMatching(/masks of 0 and 255 are read as the classes 0 and 1/),
  ]);
});

test("255 does not count where a net has other than two classes, though the masks show nothing else", async () => {
  const path = await folder({
    "images/a.png": image,
    "masks/a.png": await grey(ramp.map((level) => (level === 1 ? 255 : 0))),
  });
  const { train } = await openDataset(path, { size: 4, known: ["sky", "sea", "land"] });
  expect([...(train.labels as MaskLabels).of.data.subarray(0, 4)]).toEqual([0, 255, 0, 0]);
});

test("a mask becomes as small as its image", async () => {
  const level = (at: number) => Math.floor((at % 16) / 8) + 2 * Math.floor(at / 128);
  const wide = Array.from({ length: 256 }, (_, at) => level(at));
  const path = await folder({
    "images/a.png": await grey(
      wide.map((one) => 60 * one),
      16,
    ),
    "masks/a.png": await grey(wide, 16),
  });
  const { train } = await openDataset(path, { size: 2 });
  expect([...train.images.sizes]).toEqual([4, 4]);
  expect([...(train.labels as MaskLabels).of.data]).toEqual([
    0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3,
  ]);
});

test.each([
  [
    "an image without a mask",
    { "images/b.png": image },
    /images\/b.png: there is no mask of this name/,
  ],
  [
    "a mask without an image",
    { "masks/b.png": mask },
    /masks\/b.png: there is no image of this name/,
  ],
  [
    "a mask of another size",
    { "images/b.png": image, "masks/b.png": await grey(ramp.slice(0, 8)) },
    /masks\/b.png: 2x4 pixels; its image .*b.png has 4x4/,
  ],
  [
    "a mask value beyond the classes",
    {
      "val/images/b.png": image,
      "val/masks/b.png": await grey(ramp.map((v) => (v === 2 ? 3 : v))),
    },
    /val\/masks\/b.png: a pixel has the number 3; expected a class from 0 to 2/,
  ],
])("refuses %s", async (_, files, message) => {
  const root = Object.keys(files)[0].startsWith("val") ? "train/" : "";
  const path = await folder({
    [`${root}images/a.png`]: image,
    [`${root}masks/a.png`]: mask,
    ...files,
  });
  await expect(openDataset(path, { size: 4 })).rejects.toThrow(InputError);
  await expect(openDataset(path, { size: 4 })).rejects.toThrow(message);
});

test("a mask that says another size than its image is refused before it is unpacked", async () => {
  const bomb = Buffer.from(mask);
  // Width and height; what is behind them cannot be unpacked to that.
  bomb.writeUInt32BE(16384, 16);
  bomb.writeUInt32BE(16384, 20);
  const path = await folder({ "images/a.png": image, "masks/a.png": bomb });
  await expect(openDataset(path, { size: 4 })).rejects.toThrow(
    /a.png: 16384x16384 pixels; its image .* has 4x4/,
  );
});
