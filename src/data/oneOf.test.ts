import { expect, test } from "vitest";
import { alignLabels } from "./align.js";
import { type Dataset, joined, type Splits, subset } from "./dataset.js";
import { checkImages, checkSplits } from "./door.js";
import { imagesOf } from "./images.js";
import type { TagLabels } from "./labels.js";
import { sameGroups, withOneOf } from "./oneOf.js";
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
  ["clear", "setting oneOf is clear: group 1 has one tag (clear); expected at least two in each"],
  ["clear,haze/", "setting oneOf is clear,haze/: group 2 is empty; expected at least two in each"],
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

test("a tag whose name commas or slashes part is named with what to do", () => {
  const train = dataOf([[1, 0]], ["day", "dusk/dawn"]);
  expect(() => withOneOf({ train }, "day,dusk/dawn")).toThrow(
    /unknown tag in setting oneOf "dusk".*; "dusk\/dawn" cannot be said there, for commas and slashes/,
  );
});

test("data that lack tags of a net's group say of it what all columns say", () => {
  const rows = [
    [1, 0, 0, 0],
    [0, 1, 1, 0],
  ];
  const seen = (data: Dataset<TagLabels>) => {
    const { train } = withOneOf({ train: data }, "clear,haze,cloudy", { known: classes });
    return alignLabels(train.labels as TagLabels, classes, "x");
  };
  const whole = seen(dataOf(rows));
  const few = rows.map(([clear, road, haze]) => [haze, clear, road]);
  expect(seen(dataOf(few, ["haze", "clear", "road"]))).toEqual(whole);
  expect(seen(dataOf([[1, 1]], ["clear", "road"]))).toMatchObject({
    of: Uint8Array.of(1, 1, 0, 0),
    oneOf: [[0, 2, 3]],
  });
  expect(() => seen(dataOf([[1, 1, 0]], ["haze", "clear", "road"]))).toThrow(
    'chip0.tif has both "clear" and "haze"',
  );
});

test("a part that lacks a tag of the training part's group has the group", () => {
  const test = dataOf([[1, 0]], ["haze", "clear"]);
  const { test: seen } = checkSplits(
    withOneOf({ train: dataOf([[1, 0, 0, 0]]), test }, "clear,haze,cloudy"),
  );
  expect(seen!.labels).toMatchObject({ of: Uint8Array.of(0, 2, 1, 0), oneOf: [[0, 2, 3]] });
});

test("a group that has a tag which nothing knows goes on without it", () => {
  const labels: TagLabels = { ...dataOf([[1, 0, 2, 0]]).labels, oneOf: [[0, 2, 3]] };
  const aligned = (names: readonly string[]) => alignLabels(labels, names, "x");
  expect(aligned(["haze", "clear"])).toMatchObject({ of: Uint8Array.of(0, 1), oneOf: [[1, 0]] });
  expect(aligned(["clear", "road"])).toMatchObject({ of: Uint8Array.of(1, 0), oneOf: [] });
});

test("where every image clashes, each is named", () => {
  const train = dataOf([
    [1, 2, 1, 0],
    [1, 0, 1, 2],
  ]);
  expect(() => withOneOf({ train }, "clear,haze", { wrong: [] })).toThrow(
    /^2 images, all of chips, have tags .*:\n {2}chip0.tif: has both "clear" and "haze".*\n {2}chip1.tif: has/,
  );
});

test.each([
  ["clear,haze,cloudy", "clear, haze ,cloudy", true],
  ["clear,haze/day,night", "night,day/haze,clear", true],
  ["clear,haze/day,night", "clear,haze,day,night", false],
  ["clear,haze", "clear,haze,cloudy", false],
])("%s and %s mean the same: %s", (a, b, same) => {
  expect(sameGroups(a, b)).toBe(same);
});
