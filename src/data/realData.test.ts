// Real data sets, read where they lie. They are no part of the project; what is not there is left out by name.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sizeAt } from "./images.js";
import { countsOf, type Labels } from "./labels.js";
import { type OpenOptions, openDataset } from "./sources.js";

const root =
  ["../shared/data", "../../shared/data"].find((path) => existsSync(path)) ?? "../shared/data";

/** How a set opens, and what is in it. */
interface Expected {
  readonly options?: OpenOptions;
  /** Images of training, selection and test. */
  readonly images: readonly [number, number, number];
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly kind: Labels["kind"];
  readonly names: number;
  readonly notes?: RegExp;
}

const classes = (
  images: Expected["images"],
  shape: Expected["shape"],
  names: number,
  options?: OpenOptions,
): Expected => ({ images, shape, kind: "class", names, options });

const sets: Readonly<Record<string, Expected>> = {
  bccd: {
    options: { size: 32 },
    images: [205, 87, 72],
    shape: [64, 85, 3],
    kind: "boxes",
    names: 3,
    notes: /train: 2,804 boxes in 205 images.*left out: 1 box without area.*line 4006/s,
  },
  "bccd/boxes.csv": {
    options: { columns: { tags: "class" }, size: 32 },
    images: [364, 0, 0],
    shape: [64, 85, 3],
    kind: "tags",
    names: 3,
    notes: /path = image, tags \(words\) = class; not used: xmin, ymin, xmax, ymax/,
  },
  "cmaterdb-numerals/bangla-training.npz": classes([5000, 0, 0], [32, 32, 3], 10),
  "cmaterdb-numerals/bangla-testing.npz": classes([1000, 0, 0], [32, 32, 3], 10),
  "cmaterdb-numerals/devanagari-training.npz": classes([2500, 0, 0], [32, 32, 3], 10),
  "em-membrane256/em_membrane256.npz": {
    options: { columns: { masks: "cell" } },
    images: [30, 0, 0],
    shape: [256, 256, 1],
    kind: "mask",
    names: 2,
  },
  "fish4knowledge32/fish4knowledge32.npz": {
    ...classes([1121, 0, 358], [32, 32, 3], 23, { columns: { groups: "trajectory" } }),
    notes: /groups = trajectory/,
  },
  "imagenette224-subset": classes([600, 250, 0], [64, 64, 3], 10, { size: 32 }),
  "muscima-symbols/muscima_symbols32.npz": {
    ...classes([9670, 0, 2469], [32, 32, 1], 32),
    notes: /not used: writer_page_top_left_width_height/,
  },
  "numtadb28/numtadb28.npz": classes([55267, 0, 0], [28, 28, 1], 10),
  "pneumoniamnist/pneumoniamnist.npz": classes([4708, 524, 624], [28, 28, 1], 2),
};

describe.each(Object.entries(sets))(
  "%s",
  (name, { options, images, shape, kind, names, notes }) => {
    const path = join(root, name);
    test.skipIf(!existsSync(path))(`opens (${path})`, async () => {
      const { train, selection, test: held, notes: told = [] } = await openDataset(path, options);
      expect([train.length, selection?.length ?? 0, held?.length ?? 0]).toEqual(images);
      const { height, width } = sizeAt(train.images, 0);
      expect([height, width, train.channels]).toEqual(shape);
      expect(train.labels.kind).toBe(kind);
      expect(countsOf(train.labels)).toHaveLength(names);
      expect(Math.min(...countsOf(train.labels))).toBeGreaterThan(0);
      if (notes) expect(told.join("\n")).toMatch(notes);
    });
  },
);

/** What the message about a set that does not open as it lies says to do. */
const mappings: readonly (readonly [string, RegExp])[] = [
  ["em-membrane256/em_membrane256.npz", /perhaps --columns images=images,masks=cell/],
  [
    "vgg-cells/cells128.npz",
    /found images, but no labels to it; it holds images \|u1 \[200, 128, 128\]/,
  ],
  ["omniglot-small/all_runs.zip", /unpack/],
  ["omniglot-small", /unpack/],
];

test.each(mappings)("%s says what to do", async (name, message) => {
  const path = join(root, name);
  if (!existsSync(path)) return;
  const error: Error = await openDataset(path).then(
    ({ train }) => new Error(`${train.length} images`),
    (thrown) => thrown,
  );
  expect(error.message).toMatch(message);
});
