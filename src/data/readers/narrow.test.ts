import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { folderOf, scratchFolder } from "../../../test/fixtures/data.js";
import { openDataset } from "../sources.js";

/** A PNG of 16 bits, whose numbers go evenly from one to the other. */
const ramp = (low: number, high: number, channels: 3 | 4 = 3) => {
  const numbers = Uint16Array.from({ length: 20 * 20 * channels }, (_, at, all = 400 * channels) =>
    Math.round(low + ((high - low) * at) / (all - 1)),
  );
  const image = sharp(numbers, { raw: { width: 20, height: 20, channels } });
  return image.toColourspace("rgb16").png().toBuffer();
};

const folder = async (image: Buffer) =>
  folderOf({ "a/1.png": image, "a/2.png": image, "b/1.png": image, "b/2.png": image });

const notesOn = async (...given: Parameters<typeof openDataset>) =>
  (await openDataset(...given)).notes?.filter((note) => note.includes("16 bits")) ?? [];

test("images of 16 bits of which few byte values are left are told, with the cure", async () => {
  const path = await folder(await ramp(800, 1400));
  // 806 and 1394 are the percentiles; both divided by 257 and rounded are 3 and 5.
  expect(await notesOn(path)).toEqual([
    "images of 16 bits have numbers from 806 to 1,394 (1st to 99th percentile), of which 3 byte values of 256 are left; " +
      "--range train uses all",
  ]);
  expect(await notesOn(path, { range: "train" })).toEqual([]);
  expect(await notesOn(path, { range: "0-65535" })).toEqual([]);
});

test("a range that is none is refused once, before any image is read, as are limits of too few bands", async () => {
  const path = await folder(await ramp(800, 1400));
  const onProgress = () => expect.unreachable();
  const refused = (range: string, channels?: number) =>
    expect(openDataset(path, { range, onProgress, ...(channels && { channels }) })).rejects;
  await refused("3000-100").toThrow(
    /^setting range is "3000-100": expected full, percentile, train, or limits .* the lower one first, as 0-3000$/,
  );
  await refused("0-100,5-9").toThrow(
    'setting range is "0-100,5-9", which has limits of 2 bands; image files are read with 3 channels',
  );
  await refused("0-100,5-9,1-2,3-4").toThrow("limits of 4 bands");
  // Colours have limits of their own before they become grey.
  const grey = await openDataset(path, { range: "0-1000,0-1000,0-1000", channels: 1 });
  expect(grey.train.channels).toBe(1);
});

test("limits that the training images say are told", async () => {
  const { notes, range } = await openDataset(await folder(await ramp(800, 1400)), {
    range: "train",
  });
  expect(range).toMatch(/^80\d-139\d(,80\d-139\d){2}$/);
  expect(notes?.at(-1)).toContain(`which become 0 and 255: ${range} (range train)`);
});

test("nothing is said where enough are left, nor of opacity, which limits are not for", async () => {
  expect(await notesOn(await folder(await ramp(0, 40_000)))).toEqual([]);
  expect(await notesOn(await folder(await ramp(800, 1400, 4)))).toEqual([]);
});

test("a packed set is told of whenever it is opened, as one with masks or boxes is", async () => {
  const path = await folder(await ramp(800, 1400));
  const packed = { pack: true, cache: await scratchFolder() };
  expect(await notesOn(path, packed)).toHaveLength(1);
  expect(await notesOn(path, packed)).toHaveLength(1);

  const image = await ramp(800, 1400);
  const mask = await sharp({ create: { width: 20, height: 20, channels: 3, background: "white" } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
  const files = { "1.png": image, "m1.png": mask };
  const masks = await folderOf({ ...files, "set.csv": "image,mask\n1.png,m1.png\n" });
  expect(await notesOn(join(masks, "set.csv"))).toHaveLength(1);
  const boxes = await folderOf({
    ...files,
    "set.csv": "image,left,top,right,bottom,class\n1.png,1,1,9,9,fish\n",
  });
  expect(await notesOn(join(boxes, "set.csv"))).toHaveLength(1);
});
