import { expect, test } from "vitest";
import { stripes } from "../../../test/support/tinyRun.js";
import { type ClassLabels, type Dataset, readerOf } from "../../data/index.js";
import { triplesOf } from "./triples.js";

const train = stripes(60, 1);
const options = { perClass: 5, splits: 3, seed: 1 };

const imagesOf = ({ images, channels, length }: Dataset): string[] => {
  const reader = readerOf(images, channels);
  return Array.from({ length }, (_, at) => [...reader.read(at)].join());
};
const labelsOf = ({ labels }: Dataset) => [...(labels as ClassLabels).of];
const counts = (dataset: Dataset) =>
  [0, 1, 2].map((label) => labelsOf(dataset).filter((one) => one === label).length);

test("no image is in two parts, and all classes are alike", () => {
  for (const inOrder of [false, true]) {
    const triples = triplesOf({ train }, { ...options, inOrder });
    const all = triples.flatMap(({ train, selection }) => [train, selection].flatMap(imagesOf));
    expect(new Set(all).size).toBe(45);
    for (const { train, selection, both } of triples) {
      expect([train, selection, both].map(counts)).toEqual([
        [3, 3, 3],
        [2, 2, 2],
        [5, 5, 5],
      ]);
      expect(imagesOf(both)).toEqual([...imagesOf(train), ...imagesOf(selection)]);
    }
  }
});

test("in order, the first images of each class come first", () => {
  const [first] = triplesOf({ train }, { ...options, inOrder: true });
  const own = imagesOf(train);
  // Classes take turns in the set.
  expect(imagesOf(first.train)).toEqual([0, 3, 6, 1, 4, 7, 2, 5, 8].map((at) => own[at]));
  expect(imagesOf(first.selection)).toEqual([9, 12, 10, 13, 11, 14].map((at) => own[at]));
});

test("the seed draws them", () => {
  const drawn = (seed: number) => imagesOf(triplesOf({ train }, { ...options, seed })[0].train);
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
});

test("a selection set is learned from too, and of a group one image", () => {
  const [whole] = triplesOf(
    { train: stripes(12, 1), selection: stripes(12, 2) },
    { ...options, perClass: 8, splits: 1 },
  );
  expect(whole.both.length).toBe(24);
  const groups = Int32Array.from({ length: 60 }, (_, at) => Math.floor(at / 6) * 3 + (at % 3));
  const [{ both }] = triplesOf({ train: { ...train, groups } }, { ...options, splits: 2 });
  expect(both.groups).toBeUndefined();
  expect(() => triplesOf({ train: { ...train, groups } }, options)).toThrow(
    "stripes: class top has 10 groups to learn from; expected 15: 3 splits of 5",
  );
});
