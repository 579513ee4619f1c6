import sharp from "sharp";
import { expect, test } from "vitest";
import { bandTiff } from "../../../test/support/bandTiff.js";
import { transposes, turned } from "./orientation.js";

const data = Uint8Array.from({ length: 2 * 3 * 3 }, (_, at) => 7 * at);

test.each([1, 2, 3, 4, 5, 6, 7, 8])("pixels are turned as by sharp: %i", async (orientation) => {
  const file = bandTiff(data, { width: 3, bands: 3, orientation });
  const seen = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const made = turned({ height: 2, width: 3, channels: 3, data }, orientation);
  expect([made.height, made.width]).toEqual([seen.info.height, seen.info.width]);
  expect(made.height === 3).toBe(transposes(orientation));
  expect([...made.data]).toEqual([...seen.data]);
});
