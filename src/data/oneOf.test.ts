import { expect, test } from "vitest";
import { alignLabels } from "./align.js";
import { type Dataset, joined, type Splits, subset } from "./dataset.js";
import { checkImages, checkSplits } from "./door.js";
import { imagesOf } from "./images.js";
import type { TagLabels } from "./labels.js";
import { withOneOf } from "./oneOf.js";
import type { WrongFile } from "./readers/reader.js";

const classes = ["clear", "road", "haze", "cloudy"];

/** Images with rows of tags. */
function dataOf(rows: readonly (readonly number[])[], names = classes): Dataset<TagLabels> {
  return {
    name: "chips",
    length: rows.length,
    channels: 1,
    images: imagesOf(new Uint8Array(rows.length), { height: 1, width: 1, channels: 1 }),
    labels: { kind: "tags", of: Uint8Array.from(rows.flat()), classes: names },
    ids: rows.map((_, at) => `chip${at}.tif`),
  };
}

const tagsOf = ({ train }: Splits) => train.labels as TagLabels;

test("one tag of a group says the others, and where none is there nothing is known of the group", () => {
  const rows = [
    [1, 2, 2, 0],
    [0, 1, 0, 0],
    [2, 0, 0, 1],
  ];
  const found = tagsOf(withOneOf({ train: dataOf(rows) }, "clear, haze,cloudy"));
  expect(found.oneOf).toEqual([[0, 2, 3]]);
  expect([...found.of]).toEqual([1, 2, 0, 0, 2, 1, 2, 2, 0, 0, 0, 1]);
});

test("an image with two tags of a group is refused by its name, or collected and left out", () => {
  const splits = {
    train: dataOf([
      [1, 0, 0, 0],
      [1, 1, 0, 1],
      [0, 1, 1, 0],
    ]),
    notes: ["a note"],
  };
  expect(() => withOneOf(splits, "clear,haze,cloudy")).toThrow(
    'chips: chip1.tif has both "clear" and "cloudy", which exclude each other (--one-of); mend its tags',
  );
  const wrong: WrongFile[] = [];
  const { train, notes } = withOneOf(splits, "clear,haze,cloudy", { wrong });
  expect(wrong).toEqual([
    {
      path: "chip1.tif",
      reason: 'has both "clear" and "cloudy", which exclude each other (--one-of)',
    },
  ]);
  expect(train.ids).toEqual(["chip0.tif", "chip2.tif"]);
  expect(notes).toEqual([
    "a note",
    "of these tags each image has exactly one: clear, haze, cloudy",
  ]);
  const byHand = dataOf([[1, 0, 1, 0]]);
  const grouped = { ...byHand, labels: { ...byHand.labels, oneOf: [[0, 2]] } };
  expect(() => checkImages(grouped)).toThrow('chips: chip0.tif has both "clear" and "haze"');
  expect(() => withOneOf({ train: dataOf([[1, 0, 1, 1]]) }, "clear,haze,cloudy")).toThrow(
    'has "clear", "haze" and "cloudy", which exclude each other',
  );
});

test.each([
  ["clear,hase", 'unknown tag in setting oneOf "hase" (did you mean "haze"?)'],
  ["clear,haze/haze,cloudy", 'setting oneOf has the tag "haze" twice'],
  ["clear", "setting oneOf has a group of 1 tag (clear); expected at least two"],
  ["clear,haze/", "setting oneOf has a group of 0 tags"],
])("%s is refused", (text, message) => {
  expect(() => withOneOf({ train: dataOf([[1, 0, 0, 0]]) }, text)).toThrow(message);
});

test("labels that are no tags have no groups", () => {
  const { labels: _, ...rest } = dataOf([[1, 0, 0, 0]]);
  const train: Dataset = {
    ...rest,
    labels: { kind: "class", of: Int32Array.of(0), classes: ["a", "b"] },
  };
  expect(() => withOneOf({ train }, "a,b")).toThrow("chips has one class per image, not tags");
});

test("groups survive taking, joining and another order of names, in every part", () => {
  const rows = [
    [1, 0, 0, 0],
    [0, 1, 0, 1],
  ];
  const test = dataOf([[0, 1, 1, 0]], ["haze", "clear", "road", "cloudy"]);
  const splits = withOneOf({ train: dataOf(rows), test }, "clear,haze,cloudy");
  const { train, test: seen } = checkSplits(splits);
  const taken = subset(train, [1]).labels as TagLabels;
  expect(taken).toMatchObject({ of: Uint8Array.of(0, 1, 0, 1), oneOf: [[0, 2, 3]] });
  expect((joined(train, train).labels as TagLabels).oneOf).toEqual([[0, 2, 3]]);
  expect(seen!.labels).toMatchObject({ of: Uint8Array.of(1, 1, 0, 0), oneOf: [[0, 2, 3]] });
  const other = alignLabels(train.labels as TagLabels, ["cloudy", "haze", "clear", "road"], "x");
  expect(other).toMatchObject({ of: Uint8Array.of(0, 0, 1, 0, 1, 0, 0, 1), oneOf: [[2, 1, 0]] });
});

test("of data that a net is shown, a group is left out that they lack a tag of", () => {
  const few = { train: dataOf([[1, 1]], ["clear", "road"]) };
  const { train } = withOneOf(few, "clear,haze,cloudy", { known: classes });
  expect(alignLabels(train.labels as TagLabels, classes, "x")).toMatchObject({
    of: Uint8Array.of(1, 1, 2, 2),
    oneOf: [],
  });
});
