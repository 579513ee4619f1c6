import { expect, test } from "vitest";
import { tinyDataset } from "../../test/fixtures/data.js";
import { checkDataset } from "./check.js";
import { subset } from "./dataset.js";
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
