import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { bytesOf, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf } from "../../../test/support/questions.js";
import { InputError } from "../../inputError.js";
import { type HostTensor, hostTensor } from "../../tensor/host.js";
import { writeNpy } from "../../tensor/npy.js";
import { writeNpz } from "../../tensor/npz.js";
import { readerOf } from "../images.js";
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

test("images beyond memory are left in an archive that holds them as they are needed", async () => {
  const arrays = { train_labels: labels, train_images: images, test_labels: labels };
  const path = await archive({
    ...arrays,
    test_images: u8([2, 2, 2], [9, 10, 11, 12, 13, 14, 15, 16]),
  });
  const limited = await openDataset(path, { memoryLimit: 7 });
  const plain = await openDataset(path);
  for (const part of ["train", "test"] as const) {
    const [mapped, read] = [limited[part]!, plain[part]!];
    expect(mapped.images.bytes).toMatchObject({ path });
    const readers = [mapped, read].map(({ images }) => readerOf(images, 1));
    for (const at of [0, 1]) expect(readers[0].read(at)).toEqual(readers[1].read(at));
    for (const reader of readers) reader.close();
  }
});

test.each([
  ["packed", { train_images: images, train_labels: labels }, true, "8 B"],
  [
    "of another type",
    { train_images: f32([2, 2, 2], new Array(8).fill(0)), train_labels: labels },
    false,
    "32 B",
  ],
  [
    "channels first",
    { train_images: u8([2, 1, 5, 5], new Array(50).fill(0)), train_labels: labels },
    false,
    "50 B",
  ],
])("images beyond memory that are %s say how to save them", async (_, arrays, compress, bytes) => {
  const path = await archive(arrays as Record<string, HostTensor>, compress as boolean);
  await expect(openDataset(path, { memoryLimit: 7 })).rejects.toThrow(
    new RegExp(`train_images needs ${bytes} of memory.*without compression`),
  );
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
  [
    "no training data",
    { test_images: images, test_labels: labels },
    /found a part for test, but none for training/,
  ],
  [
    "images alone",
    { train_images: images },
    /found train_images, but no labels to it; it holds train_images \|u1 \[2, 2, 2\]/,
  ],
  [
    "images whose labels have another name",
    { images, species: u8([2], [0, 1]) },
    /perhaps --columns images=images,label=species/,
  ],
  ["masks of another name", { images, cell: images }, /perhaps --columns images=images,masks=cell/],
  [
    "volumes",
    { train_images: u8([2, 7, 7, 28], new Array(2744).fill(1)), train_labels: labels },
    /\[2, 7, 7, 28\], which are volumes or 28 channels/,
  ],
  [
    "fractions as classes",
    { images, labels: f32([2], [0.5, 1.5]) },
    /labels holds fractions; say --task values/,
  ],
  [
    "values that are not finite",
    { images, values: f32([2, 1], [1, Number.POSITIVE_INFINITY]) },
    /values: record 1 has Infinity; expected finite/,
  ],
  ["another tag", { images, tags: u8([2, 2], [1, 0, 7, 0]) }, /tags: record 1 has 7; expected 0/],
  [
    "masks of another size",
    { images, masks: u8([2, 1, 2], [0, 1, 0, 1]) },
    /masks of 1x2 for images of 2x2/,
  ],
  [
    "a mask value beyond the classes of training",
    {
      ...{ train_images: images, train_masks: u8([2, 2, 2], [0, 1, 0, 1, 0, 1, 0, 1]) },
      ...{ val_images: images, val_masks: u8([2, 2, 2], [0, 1, 0, 1, 0, 1, 0, 3]) },
    },
    /val_masks: record 1 has a pixel of 3; expected a class from 0 to 1/,
  ],
  ...[256, 5e7, 1e15, Number.POSITIVE_INFINITY, Number.NaN].map(
    (value): [string, Record<string, HostTensor>, RegExp] => [
      `masks of ${value}`,
      { images, masks: f32([2, 2, 2], [0, 1, 0, 1, 0, 1, 0, value]) },
      new RegExp(
        `masks: record 1 has a pixel of ${Math.fround(value)}; expected a class from 0 to`,
      ),
    ],
  ),
  [
    "classes that do not fit into 32 bits",
    { images, labels: f32([2], [2 ** 32, 1]) },
    /labels: record 0 is 4294967296; expected a class from 0 to 65534/,
  ],
  [
    "two arrays for one thing",
    { images, image: images, labels },
    /images and image both hold images; say which one/,
  ],
  [
    "a mark of the test part that is none",
    { images, labels, test: u8([2], [0, 3]) },
    /test has 3 at record 1; expected 2 of 0 \(training\) and 1/,
  ],
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

/** The bytes of a NumPy array of texts. */
function texts(words: readonly string[]): Uint8Array {
  const width = Math.max(...words.map(({ length }) => length));
  const dictionary = `{'descr': '<U${width}', 'fortran_order': False, 'shape': (${words.length},), }`;
  const header = `${dictionary.padEnd(117)}\n`;
  const points = Uint32Array.from(
    words.flatMap((word) => Array.from({ length: width }, (_, at) => word.charCodeAt(at) || 0)),
  );
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0]),
    Buffer.from(header),
    Buffer.from(points.buffer),
  ]);
}

test("reads images and labels without parts, with the names of the classes, and says so", async () => {
  const path = join(await scratchFolder(), "set.npz");
  const arrays = { images, labels, extra: u8([3], [1, 2, 3]) };
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)]);
  await writeFile(
    path,
    zipSync(Object.fromEntries([...files, ["classes.npy", texts(["cat", "dog"])]])),
  );
  const { train, notes } = await openDataset(path);
  expect(train.labels).toMatchObject({ kind: "class", classes: ["cat", "dog"] });
  expect(notes).toEqual([
    `${path}: images = images, label = labels, classes = classes`,
    expect.stringMatching(/not used: extra; --columns ROLE=NAME/),
  ]);
});

test.each(["valid", "Validation", "val", "dev"])("x_%s is the selection set", async (part) => {
  const arrays = { x_train: images, y_train: labels, [`x_${part}`]: images, [`y_${part}`]: labels };
  expect((await openDataset(await archive(arrays))).selection?.length).toBe(2);
});

test("reads tags, values, masks and groups", async () => {
  const parts = { train_images: images, test_images: images };
  const of = async (arrays: Record<string, HostTensor>) => {
    const { train, test: held } = await openDataset(await archive({ ...parts, ...arrays }));
    return { labels: train.labels, groups: train.groups, held: held?.length };
  };
  const tags = u8([2, 3], [1, 0, 2, 0, 1, 1]);
  expect(await of({ train_tags: tags, test_tags: tags })).toMatchObject({
    labels: { kind: "tags", of: Uint8Array.of(1, 0, 2, 0, 1, 1), classes: ["0", "1", "2"] },
    held: 2,
  });
  const values = f32([2], [1.5, Number.NaN]);
  const groups = u8([2], [7, 7]);
  expect(await of({ train_values: values, test_values: values, train_groups: groups })).toEqual({
    labels: { kind: "values", of: Float32Array.of(1.5, Number.NaN), names: ["value"] },
    groups: Int32Array.of(0, 0),
    held: 2,
  });
  const masks = u8([2, 2, 2], [0, 1, 2, 255, 0, 0, 0, 0]);
  expect(await of({ train_masks: masks, test_masks: masks })).toMatchObject({
    labels: { kind: "mask", of: { data: masks.data }, classes: ["0", "1", "2"] },
  });
});

test("masks of 0 and 255 alone are of two classes", async () => {
  const path = await archive({ images, masks: u8([2, 2, 2], [0, 255, 255, 0, 0, 0, 0, 255]) });
  const { train } = await openDataset(path);
  expect(train.labels).toMatchObject({
    of: { data: Uint8Array.of(0, 1, 1, 0, 0, 0, 0, 1), offsets: Float64Array.of(0, 4, 8) },
    classes: ["0", "1"],
  });
});

test("255 does not count where there are other than two classes, though the masks show nothing else", async () => {
  const path = await archive({ images, masks: u8([2, 2, 2], [0, 255, 255, 0, 0, 0, 0, 255]) });
  const { train } = await openDataset(path, { known: ["sky", "sea", "land"] });
  expect(train.labels).toMatchObject({ of: { data: Uint8Array.of(0, 255, 255, 0, 0, 0, 0, 255) } });
});

test("the task says what rows of labels are", async () => {
  const path = await archive({ images, labels: u8([2, 2], [0, 1, 1, 0]) });
  expect((await openDataset(path, { kind: "tags" })).train.labels.kind).toBe("tags");
  const { train } = await openDataset(path, { kind: "class" });
  expect(train.labels).toMatchObject({ kind: "class", of: Int32Array.of(1, 0) });
  expect((await openDataset(path, { kind: "values" })).train.labels.kind).toBe("values");
});

test("arrays are taken as they are named; marks divide off the test part", async () => {
  const path = await archive({
    pixels: images,
    y: labels,
    track: u8([2], [3, 9]),
    held: u8([2], [0, 1]),
  });
  const columns = { images: "pixels", groups: "track", split: "held" };
  const { train, test: rest } = await openDataset(path, { columns });
  expect([train.length, rest?.length, ...train.groups!]).toEqual([1, 1, 0]);
  await expect(openDataset(path, { columns: { images: "pixel" } })).rejects.toThrow(
    /no array "pixel" for images \(did you mean "pixels"\?\)/,
  );
});

test("data that are only evaluated may show some of the classes", async () => {
  const path = await archive({ images, labels: u8([2], [1, 1]) });
  const { train } = await openDataset(path, { known: ["cat", "dog"] });
  expect(train.labels).toMatchObject({ classes: ["cat", "dog"], of: Int32Array.of(1, 1) });
});

const pneumonia = "../shared/data/pneumoniamnist/pneumoniamnist.npz";

test.skipIf(!existsSync(pneumonia))(`PneumoniaMNIST (${pneumonia})`, async () => {
  const { train, selection, test: held } = await openDataset(pneumonia);
  expect([train.length, selection?.length, held?.length]).toEqual([4708, 524, 624]);
  expect(classesOf(train).reduce((sum, label) => sum + label, 0)).toBe(3494);
});
