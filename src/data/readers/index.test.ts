import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { scratchFolder } from "../../../test/fixtures/data.js";
import { InputError } from "../../inputError.js";
import { locationAt } from "./files.js";
import { readers } from "./index.js";

/** Files by which each reader knows its kind, all empty; with one file, the location is that file. */
const places: Readonly<Record<string, readonly string[]>> = {
  idx: ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"],
  cifar: ["data_batch_1.bin", "test_batch.bin", "batches.meta.txt"],
  npz: ["set.npz"],
  csv: ["set.CSV"],
  "marked folder": ["a.png", "boxes.csv"],
  "text folder": ["a.png", "texts.csv"],
  yolo: ["images/train/a.png", "labels/train/a.txt"],
  voc: ["Annotations/a.xml", "JPEGImages/a.png"],
  coco: [
    "annotations/instances_val2017.json",
    "annotations/instances_train2017.json",
    "train2017/a.png",
  ],
  "mask folder": ["images/a.png", "masks/a.png"],
  "image folder": ["train/a/1.jpg", "train/b/1.jpg"],
};

async function place(name: string) {
  const folder = await scratchFolder();
  for (const file of places[name]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), "");
  }
  return locationAt(places[name].length === 1 ? join(folder, places[name][0]) : folder);
}

describe.each(readers.map((reader) => [reader.name, reader] as const))("%s", (name, reader) => {
  test("knows its own kind, and no other reader takes it", async () => {
    const found = await place(name);
    const taking = [];
    for (const other of readers) if (await other.matches(found!)) taking.push(other.name);
    expect(taking).toEqual([name]);
  });

  test("refuses empty files by name", async () => {
    const found = await place(name);
    const error: Error = await reader.read(found!, {}).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(found!.path);
  });

  test("does not take an empty folder", async () => {
    expect(await reader.matches((await locationAt(await scratchFolder()))!)).toBe(false);
  });
});
