import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf, classNames } from "../../../test/support/questions.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";

/** A record: label bytes, then red, green and blue planes of one value each but for the first pixel. */
function record(labels: number[], colour: [number, number, number]): Uint8Array {
  const bytes = new Uint8Array(labels.length + 3072);
  bytes.set(labels);
  for (const [channel, value] of colour.entries()) {
    bytes.fill(value, labels.length + 1024 * channel, labels.length + 1024 * (channel + 1));
    bytes[labels.length + 1024 * channel] = value + 1;
  }
  return bytes;
}

const two = Buffer.concat([record([3], [10, 20, 30]), record([9], [40, 50, 60])]);

async function folder(files: Record<string, Uint8Array | string>): Promise<string> {
  const path = await scratchFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes);
  return path;
}

test("reads CIFAR-10 batches in order, pixel by pixel", async () => {
  const names = Array.from({ length: 10 }, (_, at) => `class ${at}`);
  const path = await folder({
    "data_batch_1.bin": two,
    "data_batch_2.bin": record([1], [70, 80, 90]),
    "test_batch.bin": two,
    "batches.meta.txt": `${names.join("\n")}\n\n`,
  });
  const { train, test: held } = await openDataset(path);
  expect(train).toMatchObject({ length: 3, channels: 3 });
  expect(classNames(train)).toEqual(names);
  expect([...classesOf(train)]).toEqual([3, 9, 1]);
  expect([...bytesOf(train).subarray(0, 6)]).toEqual([11, 21, 31, 10, 20, 30]);
  expect([...bytesOf(train).subarray(2 * 3072 + 3069)]).toEqual([70, 80, 90]);
  expect(held?.length).toBe(2);
});

test("reads CIFAR-100 with its fine labels", async () => {
  const path = await folder({ "train.bin": record([4, 77], [1, 2, 3]) });
  const { train, test: held } = await openDataset(path);
  expect([...classesOf(train)]).toEqual([77]);
  expect(classNames(train)).toHaveLength(100);
  expect(held).toBeUndefined();
});

test.each([
  [
    "a cut-off file",
    { "data_batch_1.bin": two.subarray(0, 5000) },
    /5000 bytes.*record 1 at byte 3073 has 1927/,
  ],
  ["an empty file", { "data_batch_1.bin": "" }, /0 bytes; expected whole records/],
  [
    "a label out of range",
    { "data_batch_1.bin": Buffer.concat([two, record([10], [0, 0, 0])]) },
    /record 2 \(byte 6146\) has label 10; expected 0 to 9/,
  ],
  ["a missing batch", { "data_batch_1.bin": two, "data_batch_3.bin": two }, /no data_batch_2.bin/],
  [
    "too few names",
    { "data_batch_1.bin": two, "batches.meta.txt": "cat\n" },
    /1 names; expected 10/,
  ],
])("refuses %s", async (_, files, message) => {
  const path = await folder(files as Record<string, Uint8Array>);
  await expect(openDataset(path)).rejects.toThrow(InputError);
  await expect(openDataset(path)).rejects.toThrow(message);
});

test("refuses what does not fit into memory, before reading it", async () => {
  const path = await folder({ "data_batch_1.bin": two });
  await expect(openDataset(path, { memoryLimit: 1000 })).rejects.toThrow(/needs 6.2 KB of memory/);
});

test("any cut is refused or leaves whole records", async () => {
  const path = await folder({ "data_batch_1.bin": two });
  const file = join(path, "data_batch_1.bin");
  await fc.assert(
    fc.asyncProperty(fc.nat(two.length - 1), async (length) => {
      await writeFile(file, two);
      await truncate(file, length);
      const result = await openDataset(path).catch((error) => error);
      if (length === 3073) expect([...classesOf(result.train)]).toEqual([3]);
      else expect(result).toBeInstanceOf(InputError);
    }),
    { numRuns: 50, examples: [[3073], [0]] },
  );
});
