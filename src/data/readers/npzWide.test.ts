import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { hostTensor } from "../../tensor/host.js";
import { writeNpy } from "../../tensor/npy.js";
import { readerOf } from "../images.js";
import { openDataset } from "../sources.js";

/** A .npy file of 16-bit numbers, as NumPy writes it. */
function npy16(shape: readonly number[], numbers: readonly number[], type = "<u2"): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = `${text.padEnd(117)}\n`;
  const bytes = Buffer.alloc(10 + header.length + 2 * numbers.length);
  bytes.write("\x93NUMPY\x01\x00", 0, "latin1");
  bytes.writeUInt16LE(header.length, 8);
  bytes.write(header, 10, "latin1");
  for (const [at, value] of numbers.entries()) {
    if (type === "<i2") bytes.writeInt16LE(value, 10 + header.length + 2 * at);
    else bytes.writeUInt16LE(value, 10 + header.length + 2 * at);
  }
  return bytes;
}

function archive(arrays: Readonly<Record<string, Uint8Array>>): string {
  const path = join(temporaryFolder(), "wide.npz");
  const files = Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes] as const);
  writeFileSync(path, zipSync(Object.fromEntries(files)));
  return path;
}
const u8 = (shape: readonly number[], values: readonly number[]) =>
  writeNpy(hostTensor("u8", shape, Uint8Array.from(values)));

/** 200 images of a pixel in two bands, 0 to 199 and ten times that, and a test image far outside. */
const bands = Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? at / 2 : 5 * (at - 1)));
const labels = Array.from({ length: 200 }, (_, at) => at % 2);

test("16-bit numbers become bytes by the training images' percentiles, those of each band", async () => {
  const path = archive({
    train_images: npy16([200, 1, 1, 2], bands),
    train_labels: u8([200], labels),
    test_images: npy16([1, 1, 1, 2], [99, 60_000]),
    test_labels: u8([1], [0]),
  });
  const { train, test: held, range } = await openDataset(path, { range: "train" });
  expect(range).toBe("1-198,10-1980");
  const first = readerOf(train.images, 2);
  expect([...first.read(0)]).toEqual([0, 0]);
  expect([...first.read(199)]).toEqual([255, 255]);
  expect([...readerOf(held!.images, 2).read(0)]).toEqual([127, 255]);
  const given = await openDataset(path, { range: "0-255,0-2550" });
  expect([...readerOf(given.train.images, 2).read(100)]).toEqual([100, 100]);
  expect(given.range).toBeUndefined();
});

test("limits of other bands than an archive has are refused by its array", async () => {
  const path = archive({
    train_images: npy16([4, 1, 1], [1, 2, 3, 4]),
    train_labels: u8([4], [0, 1, 0, 1]),
  });
  const range = "1-2,3-4,5-6";
  await expect(openDataset(path, { range, known: ["0", "1"] })).rejects.toThrow(
    `${path}: train_images has images of 1 channel; the run's limits (setting range) are of 3 bands: ${range}`,
  );
  await expect(openDataset(path, { range })).rejects.toThrow(
    "1 channel; the limits of setting range are of 3 bands",
  );
});

test("channels first are limited channel by channel, and images that test say nothing", async () => {
  const path = archive({
    images: npy16(
      [2, 2, 1, 5],
      [...[10, 11, 12, 13, 14, 1000, 1100, 1200, 1300, 1400], ...new Array(10).fill(60_000)],
    ),
    labels: u8([2], [0, 1]),
    test: u8([2], [0, 1]),
  });
  const options = { range: "train", columns: { split: "test" }, classes: ["a", "b"] };
  const { range, train } = await openDataset(path, options);
  expect(range).toBe("10-14,1000-1400");
  expect([...readerOf(train.images, 2).read(0)].slice(0, 4)).toEqual([0, 0, 64, 64]);
});

test("percentiles are those of each image for itself", async () => {
  const each = Array.from({ length: 200 }, (_, at) => (at < 100 ? at : 100 * (at - 100)));
  const path = archive({ images: npy16([2, 10, 10], each), labels: u8([2], [0, 1]) });
  const { train } = await openDataset(path, { range: "percentile" });
  const reader = readerOf(train.images, 1);
  const [dark, bright] = [0, 1].map((at) => [...reader.read(at)]);
  expect(bright).toEqual(dark);
  expect(Math.max(...dark)).toBe(255);
});

test.each([
  ["numbers below 0", npy16([2, 1, 1], [5, -7], "<i2"), "record 1 (element 1) is -7"],
  ["bytes", u8([2, 1, 1], [5, 7]), "has numbers of type |u1; setting range is train"],
])("%s are refused", async (_, images, message) => {
  const path = archive({ images, labels: u8([2], [0, 1]) });
  await expect(openDataset(path, { range: "train" })).rejects.toThrow(message);
});

test("without a range the message says which there are", async () => {
  const path = archive({ images: npy16([2, 1, 1], [5, 700]), labels: u8([2], [0, 1]) });
  await expect(openDataset(path)).rejects.toThrow("--range train");
});
