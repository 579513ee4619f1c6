// A run that learns without labels, and what its body then gives.

import { join } from "node:path";
import { expect, test } from "vitest";
import { digitsFile } from "../../../test/support/digitsFile.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { openDataset } from "../../data/index.js";
import { openTrained, train } from "../../runs/index.js";

test("a denoising run on labelled images, whose labels do not matter, gives codes", async () => {
  const folder = temporaryFolder();
  const data = await digitsFile(folder, 30);
  const out = join(folder, "run");
  const settings = { task: "denoising", model: "dense-autoencoder", batch: 8, steps: 2 } as const;
  await train({ ...settings, data, out, engine: "reference" });
  const net = await openTrained(out, { engine: "reference" });
  try {
    const { train: images } = await openDataset(data);
    const { of, width } = await net.features(images);
    expect([width, of.length]).toEqual([256, 30 * 256]);
    expect(of.every(Number.isFinite)).toBe(true);
  } finally {
    await net.close();
  }
});
