import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf } from "../../../test/support/questions.js";
import { InputError } from "../../inputError.js";
import { type HostTensor, hostTensor } from "../../tensor/host.js";
import { writeNpz } from "../../tensor/npz.js";
import { openDataset } from "../sources.js";

const u8 = (shape: number[], data: number[]) => hostTensor("u8", shape, Uint8Array.from(data));
const f32 = (shape: number[], data: number[]) => hostTensor("f32", shape, Float32Array.from(data));
const images = u8([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
const labels = u8([2, 1], [0, 1]);

async function archive(arrays: Record<string, HostTensor>, compress = false): Promise<string> {
  const path = join(await scratchFolder(), "set.npz");
  await writeFile(path, writeNpz(Object.entries(arrays), { compress }));
  return path;
}

test("reads MedMNIST's names", async () => {
  const path = await archive(
    {
      ...{ train_images: images, train_labels: labels, val_images: images, val_labels: labels },
      ...{ test_images: images, test_labels: labels },
    },
    true,
  );
  const { train, selection, test: held } = await openDataset(path);
  expect(train).toMatchObject({ name: "set", length: 2, channels: 1 });
  expect([...classesOf(train)]).toEqual([0, 1]);
  expect([...bytesOf(held!)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(selection?.length).toBe(2);
});

test("reads Keras's names; fractions become bytes; channels go last", async () => {
  const shape = [2, 3, 1, 5];
  const fractions = Array.from({ length: 30 }, (_, at) => (at * 8) / 255);
  const path = await archive({ x_train: f32(shape, fractions), y_train: u8([2], [1, 0]) });
  const { train } = await openDataset(path);
  expect(train).toMatchObject({ length: 2, channels: 3 });
  expect([...bytesOf(train).subarray(0, 6)]).toEqual([0, 40, 80, 8, 48, 88]);
});

test.each([
  [
    "NaN",
    { train_images: f32([2, 1, 1], [0.5, Number.NaN]), train_labels: labels },
    /set.npz: train_images: record 1 \(element 1\) is NaN/,
  ],
  [
    "mixed ranges",
    { train_images: f32([2, 1, 1], [0.5, 9]), train_labels: labels },
    /fractions and numbers up to 9/,
  ],
  [
    "counts that differ",
    { train_images: images, train_labels: u8([3], [0, 1, 0]) },
    /3 labels for the 2 images/,
  ],
  [
    "a gap in labels",
    { train_images: images, train_labels: u8([2], [0, 2]) },
    /record 1 has label 2, but no record has label 1/,
  ],
  [
    "test labels out of range",
    {
      train_images: images,
      train_labels: labels,
      test_images: images,
      test_labels: u8([2], [0, 4]),
    },
    /test_labels: record 1 has label 4; expected 0 to 1/,
  ],
  [
    "several labels an image",
    { train_images: images, train_labels: u8([2, 2], [0, 1, 1, 0]) },
    /one class per image/,
  ],
  [
    "another rank",
    { train_images: u8([2], [0, 1]), train_labels: labels },
    /expected \[n, height, width\]/,
  ],
  [
    "sizes that differ",
    {
      train_images: images,
      train_labels: labels,
      val_images: u8([1, 1, 2], [0, 0]),
      val_labels: u8([1], [0]),
    },
    /2x2x1, others 1x2x1/,
  ],
  ["one class", { train_images: images, train_labels: u8([2], [0, 0]) }, /at least two/],
  ["no training data", { test_images: images, test_labels: labels }, /no train_images/],
  ["images alone", { train_images: images }, /no array "train_labels"/],
])("refuses %s", async (_, arrays, message) => {
  const path = await archive(arrays as unknown as Record<string, HostTensor>);
  await expect(openDataset(path)).rejects.toThrow(InputError);
  await expect(openDataset(path)).rejects.toThrow(message);
});

test("a cut-off archive is refused", async () => {
  const whole = writeNpz(Object.entries({ train_images: images, train_labels: labels }));
  const path = join(await scratchFolder(), "cut.npz");
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
      await writeFile(path, whole.subarray(0, length));
      await expect(openDataset(path)).rejects.toThrow(InputError);
    }),
    { numRuns: 50 },
  );
});

const pneumonia = "../shared/data/pneumoniamnist/pneumoniamnist.npz";

test.skipIf(!existsSync(pneumonia))(`PneumoniaMNIST (${pneumonia})`, async () => {
  const { train, selection, test: held } = await openDataset(pneumonia);
  expect([train.length, selection?.length, held?.length]).toEqual([4708, 524, 624]);
  expect(classesOf(train).reduce((sum, label) => sum + label, 0)).toBe(3494);
});
