import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/fixtures/data.js";
import { classesOf, classNames } from "../../test/support/questions.js";
import { commonSize } from "./images.js";
import { normalisationOf } from "./normalise.js";
import { type OpenOptions, openDataset, sources } from "./sources.js";

test("mnist by name", async () => {
  const { train, test: held, selection } = await openDataset("mnist");
  expect(train).toMatchObject({ name: "mnist", length: 60000, channels: 1 });
  expect(commonSize(train.images)).toEqual({ height: 28, width: 28 });
  expect(held?.length).toBe(10000);
  expect(selection).toBeUndefined();
  expect([...classesOf(train).subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  const { mean, std } = normalisationOf(train);
  expect(mean[0] / 255).toBeCloseTo(0.1307, 4);
  expect(std[0] / 255).toBeCloseTo(0.3081, 4);
});

const fashion = sources.find(({ name }) => name === "fashion-mnist")!;

test("fashion-mnist by name, or how to get it", async () => {
  if (existsSync(fashion.folder()!)) {
    const { train, test: held } = await openDataset("fashion-mnist");
    expect([train.length, held?.length]).toEqual([60000, 10000]);
    expect(classNames(train)[classesOf(train)[0]]).toBe("Ankle boot");
  } else {
    await expect(openDataset("fashion-mnist")).rejects.toThrow(/apt-get install/);
  }
});

test("cifar10 by name, or how to get it", async () => {
  const home = process.cwd();
  process.chdir(await scratchFolder());
  try {
    await expect(openDataset("cifar10")).rejects.toThrow(/unpack the official archive/);
    await mkdir("cifar-10-batches-bin");
    await writeFile("cifar-10-batches-bin/data_batch_1.bin", new Uint8Array(3073).fill(7));
    const { train } = await openDataset("cifar10");
    expect(train).toMatchObject({ name: "cifar10", length: 1, channels: 3 });
  } finally {
    process.chdir(home);
  }
});

test("data of another kind than the wanted one are refused before they are read", async () => {
  const folder = await scratchFolder();
  await mkdir(join(folder, "images"));
  await mkdir(join(folder, "masks"));
  await writeFile(join(folder, "images", "a.png"), "never decoded");
  await writeFile(join(folder, "masks", "a.png"), "never decoded");
  await expect(openDataset(folder, { kind: "points", known: ["cell"] })).rejects.toThrow(
    /has a mask \(it is a folder with images.* masks.*\); wanted: points$/,
  );
  const table = await scratchFolder();
  await writeFile(join(table, "boxes.csv"), "path,class,xmin,ymin,xmax,ymax\n");
  await expect(
    openDataset(table, { kind: "tags", columns: { path: "path", tags: "class" } }),
  ).rejects.toThrow(
    /has points or boxes \(it is a folder of images with .*\); wanted: tags; do you mean .*boxes.csv\?$/,
  );
});

test("an unknown name gets the nearest one suggested", async () => {
  await expect(openDataset("minst")).rejects.toThrow(/did you mean "mnist"/);
  await expect(openDataset("./nowhere")).rejects.toThrow(/nor the path of a folder or file/);
});

test("a file of no known kind lists the kinds", async () => {
  await expect(openDataset("README.md")).rejects.toThrow(/no known kind[\s\S]*train-images-idx3/);
});

test("a folder of data files says which there are", async () => {
  const folder = await scratchFolder();
  await writeFile(join(folder, "cells.npz"), "");
  await writeFile(join(folder, "readme.md"), "");
  await expect(openDataset(folder)).rejects.toThrow(/do you mean .*cells\.npz\?/);
});

test("a folder of images alone says what is missing", async () => {
  const folder = await scratchFolder();
  for (const name of ["a.jpg", "b.png"]) await writeFile(join(folder, name), "");
  await expect(openDataset(folder)).rejects.toThrow(/: 2 images, and nothing that says what/);
});

test("a folder of folders without images says what they hold", async () => {
  const folder = await scratchFolder();
  for (const name of ["a", "b"]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "table.gz"), "");
  }
  await expect(openDataset(folder)).rejects.toThrow(/no image in a\/, b\/; .*2 \.gz/);
});

test("images smaller than the net allows are refused", async () => {
  await expect(openDataset("mnist", { minimum: 32 })).rejects.toThrow(/28x28.*at least 32x32/);
});

test.each<[string, OpenOptions]>([
  ["channels", { channels: 3 }],
  ["range", { range: "percentile" }],
  ["pack", { pack: true }],
  ["groupBy", { groupBy: "parent" }],
  ["columns", { columns: { path: "file" } }],
])("%s is refused where it would do nothing", async (name, options) => {
  const message = new RegExp(`^mnist: setting ${name} has no effect on such data`);
  await expect(openDataset("mnist", options)).rejects.toThrow(message);
  // Data that are only evaluated are read by the settings of those that were learned from.
  const known = Array.from({ length: 10 }, (_, at) => `${at}`);
  expect((await openDataset("mnist", { ...options, known })).train.length).toBe(60000);
});
