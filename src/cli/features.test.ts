import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import sharp from "sharp";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { train } from "../runs/index.js";
import { openNpz } from "../tensor/index.js";
import { define } from "./features.js";

/** Writes an image of one colour. */
async function paint(path: string, red: number, side = 8): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const background = { r: red, g: 0, b: 0 };
  await sharp({ create: { width: side, height: side, channels: 3, background } }).toFile(path);
}

/** A data set of two classes, and a run that has seen it. */
async function trained() {
  const folder = temporaryFolder();
  for (const [name, red] of Object.entries({ dark: 0, bright: 200 })) {
    for (let at = 0; at < 8; at++)
      await paint(join(folder, "data", name, `${at}.png`), red + at, 8 + at);
  }
  const run = join(folder, "run");
  const settings = {
    model: "convnet-gn",
    size: 8,
    batch: 4,
    steps: 1,
    engine: "reference",
  } as const;
  await train({ ...settings, data: join(folder, "data"), out: run });
  return { folder, run };
}

/** What the verb prints, and the arrays that it writes. */
async function features(run: string, ...args: readonly string[]) {
  let [out, err] = ["", ""];
  const command = new Command().exitOverride();
  define(command, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  const file = join(dirname(run), "features.npz");
  await command.parseAsync([run, "--out", file, "--engine", "reference", ...args], {
    from: "user",
  });
  return { out, err, arrays: openNpz(readFileSync(file)) };
}

test("images without labels have features as a data set's, whatever they are named by; bad ones are left out", async () => {
  const { folder, run } = await trained();
  const labelled = await features(run, join(folder, "data"));
  expect(labelled.out).toMatch(/^train_features f32 \[16, 64\]\ntrain_labels i32 \[16\]\n/);
  const { data: names } = labelled.arrays.texts("train_files");

  const plain = join(folder, "data", "bright");
  writeFileSync(join(plain, "9.png"), "no image");
  const { out, err, arrays } = await features(run, plain);
  expect(out).toBe("features f32 [8, 64]\nfiles text [8]\n");
  expect(err).toMatch(/9\.png: .*unsupported image format\nwarning: 1 of 9 images cannot be used/);
  const files = arrays.texts("files").data;
  expect(files).toEqual(Array.from({ length: 8 }, (_, at) => join(plain, `${at}.png`)));
  const [all, own] = [labelled.arrays.read("train_features"), arrays.read("features")].map(
    ({ data }) => Array.from(data as Float32Array),
  );
  for (const [at, file] of files.entries()) {
    const there = names.findIndex((name) => file.endsWith(name));
    expect(own.slice(64 * at, 64 * (at + 1))).toEqual(all.slice(64 * there, 64 * (there + 1)));
  }

  const listed = async (...args: string[]) =>
    (await features(run, ...args)).arrays.texts("files").data.length;
  expect(await listed(join(plain, "3.png"))).toBe(1);
  expect(await listed(join(plain, "[0-4].png"))).toBe(5);
  expect(await listed(join(folder, "data", "dark"), plain)).toBe(16);
});

test("what has no features is refused by name, and no image is written over", async () => {
  const { folder, run } = await trained();
  const image = join(folder, "data", "dark", "0.png");
  const kept = readFileSync(image);
  await expect(features(run, image, "--out", image)).rejects.toThrow("is one of the images");
  expect(readFileSync(image)).toEqual(kept);
  const csv = join(folder, "features.csv");
  await expect(features(run, image, "--out", csv)).rejects.toThrow(
    "expected a name that ends in .npz",
  );
  expect(existsSync(csv)).toBe(false);
  await expect(features(run, image, "--columns", "label=a")).rejects.toThrow("--columns");
  await expect(features(run, "mnits")).rejects.toThrow(/no data set "mnits".*mnist/);
  await expect(features(run, join(folder, "gone.png"))).rejects.toThrow("1 of 1 images");
  await expect(features(run, join(folder, "*.jpg"))).rejects.toThrow("no images fit this pattern");
});
