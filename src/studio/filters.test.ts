import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { runFiles, train } from "../runs/index.js";
import { readSafetensors } from "../tensor/safetensors.js";
import { drawFilters } from "./filters.js";

const size = 8;

async function trained(model: string) {
  const folder = join(temporaryFolder(), "run");
  const settings = {
    data: "stripes",
    epochs: 1,
    batch: 16,
    threads: 1,
    size,
    out: folder,
  } as const;
  await train({ ...settings, fit: "stretch", model }, { data: stripeSplits() });
  return { id: "0", path: "run", folder };
}

test("filters are drawn from their smallest weight to their largest", async () => {
  const run = await trained("convnet-gn");
  const { data, info } = await sharp(drawFilters(run)!).raw().toBuffer({ resolveWithObject: true });
  const { tensors } = readSafetensors(readFileSync(join(run.folder, runFiles.best)));
  const filters = [...tensors.values()].find(({ shape }) => shape.length === 4)!;
  const [outputs, , height, width] = filters.shape;
  const times = Math.ceil(30 / height);
  const columns = Math.min(16, outputs);
  expect([info.width, info.height]).toEqual([
    columns * (width * times + 3) - 3,
    Math.ceil(outputs / columns) * (height * times + 3) - 3,
  ]);
  const own = Array.from(filters.data.subarray(0, height * width));
  const [low, high] = [Math.min(...own), Math.max(...own)];
  for (const [at, weight] of own.entries()) {
    const [y, x] = [Math.floor(at / width) * times + 1, (at % width) * times + 1];
    const grey = Math.round((255 * (weight - low)) / (high - low));
    expect(data[3 * (y * info.width + x)]).toBe(grey);
  }
});

test("a folder without weights has none", () => {
  expect(drawFilters({ id: "0", path: "none", folder: temporaryFolder() })).toBeUndefined();
});
