import { expect, test } from "vitest";
import { tinyDataset } from "../../test/fixtures/data.js";
import { checkDataset } from "./check.js";
import { subset } from "./dataset.js";
import { joinImages, readerOf } from "./images.js";
import type { Labels } from "./labels.js";
import { ragged } from "./ragged.js";
import { openDataset } from "./sources.js";

const size = { height: 1, width: 1, channels: 1 };
const part = (bytes: number[], labels: number[]) =>
  tinyDataset({
    ...size,
    length: bytes.length,
    images: Uint8Array.from(bytes),
    labels: { kind: "class", of: Int32Array.from(labels), classes: ["a", "b"] },
  });

test("counts classes of each part", () => {
  const report = checkDataset({ train: part([1, 2, 3, 4], [0, 0, 0, 1]), test: part([5], [0]) });
  expect(report.parts).toMatchObject([
    { part: "train", images: 4, counts: [3, 1], imbalance: 3 },
    { part: "test", images: 1, counts: [1, 0], imbalance: Number.POSITIVE_INFINITY },
  ]);
  expect(report).toMatchObject({ duplicates: [], leaks: [], conflicts: [], wrongFiles: [] });
});

test("tells the mean count an image, and how far always saying it is off", () => {
  const pointsOf = (...counts: number[]) => {
    const lists = counts.map((count) => Array.from({ length: 3 * count }, (_, at) => at % 3 && 0));
    const labels = { kind: "points", of: ragged(new Float32Array(0), lists), classes: ["cell"] };
    return { ...part(counts, counts), labels: labels as Labels };
  };
  const { parts } = checkDataset({ train: pointsOf(2, 6), test: pointsOf(1, 4, 10) });
  expect(parts.map(({ constant }) => constant)).toEqual([
    { means: [4], mae: 2 },
    { means: [4], mae: 3 },
  ]);
});

test("counts any number of classes", () => {
  const classes = Array.from({ length: 200_000 }, (_, at) => `c${at}`);
  const images = part([0, 1, 2], [0, 1, 1]);
  const [{ counts, imbalance }] = checkDataset({
    train: { ...images, labels: { kind: "class", of: Int32Array.of(0, 1, 1), classes } },
  }).parts;
  expect(counts.slice(0, 3)).toEqual([1, 2, 0]);
  expect(imbalance).toBe(Number.POSITIVE_INFINITY);
});

test("tells duplicates, leaks and conflicting labels apart", () => {
  const wrong = [{ path: "x.jpg", reason: "empty" }];
  const train = part([1, 1, 2, 3], [0, 0, 1, 1]);
  const report = checkDataset({ train, selection: part([9, 2], [0, 0]) }, wrong);
  const at = (name: string, index: number, label: string) => ({ part: name, index, label });
  const leak = [at("train", 2, "b"), at("selection", 1, "a")];
  expect(report.duplicates).toEqual([[at("train", 0, "a"), at("train", 1, "a")]]);
  expect(report.leaks).toEqual([leak]);
  expect(report.conflicts).toEqual([leak]);
  expect(report.wrongFiles).toBe(wrong);
});

test("tells files, groups that parts share, and what is known of values, tags and masks", () => {
  const base = part([1, 1], [0, 1]);
  const named = { ...base, ids: ["a.png", "b.png"], groups: Int32Array.of(3, 4) };
  const shared = checkDataset({
    train: named,
    test: { ...part([7], [0]), groups: Int32Array.of(4) },
  });
  expect(shared.duplicates[0].map(({ file }) => file)).toEqual(["a.png", "b.png"]);
  expect([shared.sharedGroups, shared.parts[0].groups]).toEqual([1, 2]);
  const of = (labels: Labels) => checkDataset({ train: { ...base, labels } });
  const values = Float32Array.of(1, 5, Number.NaN, 7);
  expect(of({ kind: "values", of: values, names: ["x", "y"] }).parts[0].values).toEqual([
    { name: "x", known: 1, smallest: 1, mean: 1, largest: 1 },
    { name: "y", known: 2, smallest: 5, mean: 6, largest: 7 },
  ]);
  const tags = of({ kind: "tags", of: Uint8Array.of(1, 0, 0, 2), classes: ["x", "y"] });
  expect([tags.parts[0].empty, tags.parts[0].counts]).toEqual([0.5, [1, 0]]);
  const masks = of({
    kind: "mask",
    of: ragged(new Uint8Array(0), [[1], [255]]),
    classes: ["x", "y"],
  });
  expect([masks.parts[0].empty, masks.parts[0].counts]).toEqual([0.5, [0, 1]]);
});

test("images that look alike are found, though their bytes differ; others are not", async () => {
  const { test: held } = await openDataset("mnist");
  const train = subset(
    held!,
    Array.from({ length: 500 }, (_, at) => at),
  );
  const reader = readerOf(held!.images, 1);
  const images = joinImages(
    [42, 700].map((at) => ({
      ...{ height: 28, width: 28, channels: 1 },
      data: reader.read(at).map((byte, pixel) => Math.min(255, byte + 2 + (pixel % 3))),
    })),
  );
  const again = { ...subset(held!, [42, 700]), images };
  const { near, leaks } = checkDataset({ train, test: again });
  expect(leaks).toEqual([]);
  const across = near.filter((pair) => new Set(pair.map(({ part }) => part)).size > 1);
  expect(across.map((pair) => pair.map(({ index }) => index))).toEqual([[42, 0]]);
});

test("images of MNIST's test set are found again when put among the training ones", async () => {
  const { test: held } = await openDataset("mnist");
  const indices = Array.from({ length: 1000 }, (_, at) => at);
  const leaked = checkDataset({ train: subset(held!, indices), test: subset(held!, [10, 2000]) });
  expect(leaked.leaks.map((group) => group.map(({ part, index }) => [part, index]))).toEqual([
    [
      ["train", 10],
      ["test", 0],
    ],
  ]);
});

test("labels that differ in what words leave out are in conflict", () => {
  const classes = Array.from({ length: 9 }, (_, at) => `c${at}`);
  const each = classes.flatMap((_, at) => [0, 0, at]);
  const labels: Labels = {
    kind: "points",
    of: ragged(new Float32Array(0), [each, [...each, 0, 0, 8], each]),
    classes,
  };
  const conflictsOf = (...bytes: number[]) =>
    checkDataset({ train: { ...part(bytes, [0, 0, 0]), labels } }).conflicts;
  const [[a, b]] = conflictsOf(7, 7, 1);
  expect(a.label).toBe(b.label);
  expect(conflictsOf(7, 1, 7)).toEqual([]);
});
