import { expect, test } from "vitest";
import { tinyDataset } from "../../test/fixtures/data.js";
import { InputError } from "../inputError.js";
import type { Dataset } from "./dataset.js";
import { checkSplits } from "./door.js";
import type { ClassLabels, Labels } from "./labels.js";

const classes = ["a", "b", "c"];
const good = tinyDataset({ length: 3, height: 2, width: 2, channels: 1 });
const labels = (of: number[], names = classes): ClassLabels => ({
  kind: "class",
  of: Int32Array.from(of),
  classes: names,
});
const changed = (change: object) => ({ ...good, ...change }) as Dataset;

test.each<readonly [string, object, RegExp]>([
  [
    "images that are too few bytes",
    { images: new Uint8Array(5) },
    /5 bytes of images; 3 of 2x2 with 1 channels are 12/,
  ],
  [
    "another number of channels",
    { channels: 3 },
    /12 bytes of images; 3 of 2x2 with 3 channels are 36/,
  ],
  ["16-bit numbers", { images: new Uint16Array(12) }, /images are Uint16Array; expected bytes/],
  ["fractions", { images: new Float32Array(12) }, /images are Float32Array; expected bytes/],
  [
    "no images",
    { length: 0, images: new Uint8Array(0) },
    /length is 0; expected a whole number from 1/,
  ],
  ["a length that is no number", { length: Number.NaN }, /length is NaN/],
  [
    "labels that are too few",
    { labels: labels([0, 1]) },
    /2 numbers of one class per image for 3 images/,
  ],
  [
    "labels outside the classes",
    { labels: labels([0, 1, 3]) },
    /label of image 2: 3 is no class from 0 to 2/,
  ],
  [
    "classes of one name",
    { labels: labels([0, 1, 2], ["a", "b", "a"]) },
    /two classes are named "a"/,
  ],
  ["groups that are too few", { groups: Int32Array.of(0) }, /1 groups for 3 images/],
  ["names of files that are too few", { ids: ["x"] }, /1 ids for 3 images/],
  [
    "values that are not finite",
    {
      labels: {
        kind: "values",
        of: Float32Array.of(1, 2, Number.POSITIVE_INFINITY),
        names: ["age"],
      },
    },
    /label of image 2: Infinity is not finite/,
  ],
  [
    "tags that are none",
    { labels: { kind: "tags", of: Uint8Array.of(0, 1, 5), classes: ["a"] } },
    /label of image 2: 5 is not 0 \(absent\)/,
  ],
  [
    "masks of another size",
    { labels: { kind: "mask", of: new Uint8Array(9), classes } },
    /9 numbers of a mask for 3 images; expected 12/,
  ],
])("refuses %s, in any part", (_, change, message) => {
  const bad = changed(change);
  for (const splits of [
    { train: bad },
    { train: good, selection: bad },
    { train: good, test: bad },
  ]) {
    expect(() => checkSplits(splits)).toThrow(InputError);
    expect(() => checkSplits(splits)).toThrow(message);
  }
});

test("classes of another part are found by name", () => {
  const held = changed({ labels: labels([0, 1, 2], ["c", "a", "b"]) });
  expect(checkSplits({ train: good, test: held }).test!.labels).toEqual(labels([2, 0, 1]));
  const some = changed({ labels: labels([0, 0, 0], ["c"]) });
  expect(checkSplits({ train: good, test: some }).test!.labels).toEqual(labels([2, 2, 2]));
});

test.each<readonly [string, object, RegExp]>([
  ["a class that training lacks", { labels: labels([0, 1, 2], ["a", "b", "d"]) }, /tiny has "d"/],
  [
    "another kind of labels",
    { labels: { kind: "tags", of: new Uint8Array(3), classes: ["a"] } as Labels },
    /tiny has tags, tiny has one class per image/,
  ],
  ["other channels", { channels: 2, images: new Uint8Array(24) }, /of 2 channels, tiny of 1/],
])("refuses a part with %s", (_, change, message) => {
  expect(() => checkSplits({ train: good, test: changed(change) })).toThrow(message);
});
