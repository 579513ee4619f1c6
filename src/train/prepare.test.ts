import { expect, test } from "vitest";
import { bytesOf } from "../../test/fixtures/data.js";
import { stripeSplits, tinyModel, tinySettings } from "../../test/support/tinyRun.js";
import { normalisationOf } from "../data/index.js";
import { prepare } from "./prepare.js";

test("mean and std are those of the images to learn from, not of those to choose by", async () => {
  const data = stripeSplits();
  const { net, splits } = await prepare(tinySettings, { data, model: tinyModel });
  const { mean, std } = normalisationOf(splits.train);
  expect(splits.train.length + splits.selection.length).toBe(data.train.length);
  expect([net.mean, net.std]).toEqual([mean, std]);
  expect(normalisationOf(data.train).mean).not.toEqual(mean);
});

test("nor are they those of a selection set that comes with the data", async () => {
  const { train, test: selection } = stripeSplits();
  const bytes = bytesOf(selection!).fill(255);
  const bright = { ...selection!, images: { ...selection!.images, bytes } };
  const data = { train, selection: bright };
  const { net } = await prepare(tinySettings, { data, model: tinyModel });
  expect(net.mean).toEqual(normalisationOf(train).mean);
});
