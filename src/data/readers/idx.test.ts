import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, idxFile, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf, classNames } from "../../../test/support/questions.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";
import { parseIdx } from "./idx.js";

const pixels = Uint8Array.from({ length: 4 * 2 * 3 }, (_, at) => at * 10);

async function folder(files: Record<string, Uint8Array>): Promise<string> {
  const path = await scratchFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes);
  return path;
}

const images = () => idxFile([4, 2, 3], pixels);
const labels = (...values: number[]) => idxFile([values.length], values);

test("reads plain and gzip files alike", async () => {
  const plain = await folder({
    "train-images-idx3-ubyte": images(),
    "train-labels-idx1-ubyte": labels(0, 1, 0, 1),
  });
  const gzip = await folder({
    "emnist-train-images-idx3-ubyte.gz": gzipSync(images()),
    "emnist-train-labels-idx1-ubyte.gz": gzipSync(labels(0, 1, 0, 1)),
  });
  for (const path of [plain, gzip]) {
    const { train, test: held } = await openDataset(path);
    expect(train).toMatchObject({ length: 4, channels: 1 });
    expect([...bytesOf(train)]).toEqual([...pixels]);
    expect([...classesOf(train)]).toEqual([0, 1, 0, 1]);
    expect(held).toBeUndefined();
  }
});

test("reads files from folders of their names, as one archive unpacks them", async () => {
  const path = await scratchFolder();
  for (const [name, bytes] of [
    ["train-images-idx3-ubyte", images()],
    ["train-labels-idx1-ubyte", labels(0, 1, 0, 1)],
  ] as const) {
    await mkdir(join(path, name));
    await writeFile(join(path, name, name), bytes);
  }
  expect((await openDataset(path)).train.length).toBe(4);
});

test("labels that start at one keep their names", async () => {
  const path = await folder({
    "train-images-idx3-ubyte": images(),
    "train-labels-idx1-ubyte": labels(1, 2, 3, 2),
  });
  const { train } = await openDataset(path);
  expect(classNames(train)).toEqual(["1", "2", "3"]);
  expect([...classesOf(train)]).toEqual([0, 1, 2, 1]);
});

test.each([
  ["cut off", images().subarray(0, 30), labels(0, 1, 0, 1), /so 40 bytes; found 30/],
  ["wrong kind", labels(0, 1, 0, 1, 9, 9, 9, 9), labels(0, 1, 0, 1), /starts with 0x00000801/],
  ["counts differ", images(), labels(0, 1, 0), /3 labels for the 4 images/],
  ["gap in labels", images(), labels(0, 1, 0, 7), /record 3 \(byte 11\) has label 7.*label 2/],
  ["one class", images(), labels(5, 5, 5, 5), /found 1 class \(5\).*at least two/],
  ["damaged gzip", gzipSync(images()).subarray(0, 25), labels(0, 1), /gzip data are damaged/],
])("refuses: %s", async (_, imageBytes, labelBytes, message) => {
  const path = await folder({
    "train-images-idx3-ubyte": imageBytes,
    "train-labels-idx1-ubyte": labelBytes,
  });
  await expect(openDataset(path)).rejects.toThrow(InputError);
  await expect(openDataset(path)).rejects.toThrow(message);
});

test("refuses a test label outside the training labels, naming record and byte", async () => {
  const path = await folder({
    "train-images-idx3-ubyte": images(),
    "train-labels-idx1-ubyte": labels(0, 1, 0, 1),
    "t10k-images-idx3-ubyte": images(),
    "t10k-labels-idx1-ubyte": labels(0, 1, 2, 1),
  });
  await expect(openDataset(path)).rejects.toThrow(
    /t10k-labels-idx1-ubyte: record 2 \(byte 10\) has label 2; expected 0 to 1/,
  );
});

test("names the missing half of a pair", async () => {
  const path = await folder({ "train-images-idx3-ubyte": images() });
  await expect(openDataset(path)).rejects.toThrow(/no train-labels-idx1-ubyte/);
});

test("any damage to a header or length is refused, never read wrongly", () => {
  const whole = images();
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.nat(15),
      fc.integer({ min: 1, max: 255 }),
      (cut, at, flip) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] ^= flip;
        expect(() => parseIdx(whole.subarray(0, cut), 3, "x")).toThrow(InputError);
        expect(() => parseIdx(damaged, 3, "x")).toThrow(InputError);
      },
    ),
  );
});
