import { expect, test } from "vitest";
import { tinyDataset } from "../../test/fixtures/data.js";
import { InputError } from "../inputError.js";
import type { Dataset } from "./dataset.js";
import { checkSplits } from "./door.js";
import { imagesOf } from "./images.js";
import type { ClassLabels, Labels } from "./labels.js";
import { ragged } from "./ragged.js";

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
    { images: { ...good.images, bytes: new Uint8Array(11) } },
    /image 2 of 2x2 with 1 channels lies at bytes 8 to 12 of 11/,
  ],
  [
    "another number of channels",
    { channels: 3 },
    /image 0 of 2x2 with 3 channels lies at bytes 0 to 12 of 12|image 1 .* 4 to 16 of 12/,
  ],
  [
    "images that are an array alone",
    { images: new Uint8Array(12) },
    /images are Uint8Array; expected stored images of bytes/,
  ],
  [
    "16-bit numbers",
    { images: { ...good.images, bytes: new Uint16Array(12) } },
    /images are Uint16Array; expected stored images of bytes.*scale/,
  ],
  ["no stored images", { images: undefined }, /images are undefined; expected/],
  ["another number of stored images", { length: 4 }, /: 3 images, length 4; expected as many/],
  [
    "another number of sizes",
    { images: { ...good.images, sizes: Int32Array.of(2, 2, 2, 2) } },
    /: 3 images with 2 sizes, length 3; expected as many/,
  ],
  [
    "an image without pixels",
    { images: { ...good.images, sizes: Int32Array.of(2, 2, 2, 2, 0, 2) } },
    /image 2 of 0x2/,
  ],
  ["no images", { length: 0 }, /length is 0; expected a whole number from 1/],
  ["a length that is no number", { length: Number.NaN }, /length is NaN/],
  [
    "labels that are too few",
    { labels: labels([0, 1]) },
    /image 2 has 0 numbers of one class per image; expected 1/,
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
  [
    "a point outside its image",
    {
      labels: {
        kind: "points",
        of: ragged(new Float32Array(0), [[2, 2, 0], [1, 2.5, 0], []]),
        classes,
      },
    },
    /label of image 1 of 2x2: a point at 1, 2.5, which lies outside/,
  ],
  ...(
    [
      [[0, 0, 3, 2], /image 1 of 2x2: a box of 0, 0, 3, 2, which reaches beyond/],
      [[-1, 0, 1, 2], /-1, 0, 1, 2, which reaches beyond/],
      [[1, 0, 1, 2], /1, 0, 1, 2, which has no area/],
      [[1, 2, 2, 1], /1, 2, 2, 1, which has no area/],
    ] as const
  ).map(([box, message]): [string, object, RegExp] => [
    `a box of ${box}`,
    {
      labels: {
        kind: "boxes",
        of: ragged(new Float32Array(0), [[0, 0, 2, 2, 0, 0], [...box, 0, 0], []]),
        classes,
      },
    },
    message,
  ]),
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
    {
      labels: {
        kind: "mask",
        of: ragged(new Uint8Array(0), [[0, 0, 0, 0], [0], [0, 0, 0, 0]]),
        classes,
      },
    },
    /image 1 has 1 numbers of a mask; expected 4/,
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
  [
    "channels that cannot become those of training",
    { channels: 7, images: imagesOf(new Uint8Array(84), { height: 2, width: 2, channels: 7 }) },
    /tiny has images of 7 channels; the net takes 1/,
  ],
])("refuses a part with %s", (_, change, message) => {
  expect(() => checkSplits({ train: good, test: changed(change) })).toThrow(message);
});
