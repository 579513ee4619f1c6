import sharp from "sharp";
import { expect, test } from "vitest";
import { stripeSplits, tinyModel, tinySettings } from "../../test/support/tinyRun.js";
import { previewBatch } from "./preview.js";

const own = { data: stripeSplits(), model: tinyModel };

/** Pixels of a preview of grey images, as rows of greys. */
async function drawn(settings: { readonly batch: number; readonly augment: string }) {
  const png = await previewBatch({ ...tinySettings, ...settings }, own);
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
  return { ...info, at: (x: number, y: number) => data[y * info.width + x] };
}

/** Sides of an image of 6 pixels, of which each is a square of 16; words; and what lies between. */
const [SIDE, PIXEL, WORDS, GAP] = [96, 16, 18, 4];

test("images lie side by side, at most 64 of them, each pixel a square", async () => {
  const nine = await drawn({ batch: 9, augment: "" });
  expect([nine.width, nine.height]).toEqual([GAP + 3 * (SIDE + GAP), GAP + 3 * (SIDE + WORDS)]);
  for (let pixel = 0; pixel < 6; pixel++) {
    const of = [0, PIXEL - 1].map((at) => nine.at(GAP + pixel * PIXEL + at, GAP + at));
    expect(of[0]).toBe(of[1]);
  }
  const most = await drawn({ batch: 100, augment: "" });
  expect(most.width).toBe(GAP + 8 * (SIDE + GAP));
});

test("they are the bytes of the data, and what augmentation makes of them", async () => {
  const { train } = own.data;
  const known = new Set<string>();
  const bytes = train.images.bytes as Uint8Array;
  for (let image = 0; image < train.length; image++) {
    known.add([...bytes.subarray(36 * image, 36 * image + 6)].join());
  }
  const rowOf = ({ at }: Awaited<ReturnType<typeof drawn>>, order: readonly number[]) =>
    order.map((pixel) => at(GAP + pixel * PIXEL + 8, GAP + 8)).join();
  const forward = [0, 1, 2, 3, 4, 5];
  expect(known).toContain(rowOf(await drawn({ batch: 1, augment: "" }), forward));
  const found = new Set<boolean>();
  for (const batch of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const flipped = await drawn({ batch, augment: "flip" });
    const mirrored = known.has(rowOf(flipped, forward.toReversed()));
    expect(mirrored || known.has(rowOf(flipped, forward))).toBe(true);
    found.add(mirrored);
  }
  expect(found).toContain(true);
});
