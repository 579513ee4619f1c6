import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../inputError.js";
import {
  checkLabels,
  countsOf,
  type Labels,
  labelAt,
  labelData,
  labelKinds,
  namesOf,
  strataOf,
  takeLabels,
} from "./labels.js";
import { ragged } from "./ragged.js";

/** Each image has two pixels. */
const pixels = () => 2;
const masks = (...lists: number[][]) => ragged(new Uint8Array(0), lists);

/** Labels of three images of two pixels, of each kind. */
const samples: { readonly [K in Labels["kind"]]: Extract<Labels, { kind: K }> } = {
  class: { kind: "class", of: Int32Array.of(1, 0, 1), classes: ["cat", "dog"] },
  tags: { kind: "tags", of: Uint8Array.of(1, 0, 2, 1, 1, 1), classes: ["sky", "sea"] },
  values: { kind: "values", of: Float32Array.of(1.5, -2, Number.NaN), names: ["age"] },
  mask: { kind: "mask", of: masks([0, 1], [255, 2], [2, 2]), classes: ["a", "b", "c"] },
  points: {
    kind: "points",
    of: ragged(new Float32Array(0), [[0.5, 1, 1], [], [2, 0.25, 0, 1, 1, 1]]),
    classes: ["cell", "dust"],
  },
  boxes: {
    kind: "boxes",
    of: ragged(new Float32Array(0), [[], [0, 0, 1, 2, 0, 0], [0, 1, 1, 2, 1, 1]]),
    classes: ["cat", "dog"],
  },
  tokens: {
    kind: "tokens",
    of: ragged(new Int32Array(0), [[0, 1, 1], [2], [1, 0]]),
    vocabulary: ["4", "2", "."],
  },
  none: { kind: "none" },
};

test("every kind is here", () => {
  expect(Object.keys(samples)).toEqual(Object.keys(labelKinds));
});

describe.each(Object.entries(samples))("labels of the kind %s", (_, labels) => {
  test("can be used", () => {
    expect(() => checkLabels(labels, 3, pixels, "x")).not.toThrow();
  });

  test("go with their images, in any order and as often as wanted", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { maxLength: 6 }), (indices) => {
        const taken = takeLabels(labels, indices);
        expect({ kind: taken.kind, names: namesOf(taken) }).toEqual({
          kind: labels.kind,
          names: namesOf(labels),
        });
        expect(labelData(taken).constructor).toBe(labelData(labels).constructor);
        expect(() => checkLabels(taken, indices.length, pixels, "x")).not.toThrow();
        for (const [at, index] of indices.entries()) {
          expect(labelAt(taken, at)).toBe(labelAt(labels, index));
        }
      }),
    );
  });

  test("taken in their own order are the same", () => {
    const all = takeLabels(labels, [0, 1, 2]);
    expect([...labelData(all)]).toEqual([...labelData(labels)]);
    expect(labelData(all).length === 0 || labelData(all) !== labelData(labels)).toBe(true);
  });

  test("give each image a group", () => {
    expect(strataOf(labels, 3)).toHaveLength(3);
  });
});

test("labels in words", () => {
  const words = Object.values(samples).map((labels) => [0, 1, 2].map((at) => labelAt(labels, at)));
  expect(words).toEqual([
    ["dog", "cat", "dog"],
    ["sky", "sea", "sky, sea"],
    ["age 1.5", "age -2", "age not known"],
    ["a 50.0 %, b 50.0 %", "c 100.0 %", "c 100.0 %"],
    ["dust 1", "none", "cell 1, dust 1"],
    ["none", "cat 1", "dog 1"],
    ["422", ".", "24"],
    ["", "", ""],
  ]);
});

test("counts leave out what is not known and what does not count", () => {
  expect(Object.values(samples).map((labels) => countsOf(labels))).toEqual([
    [1, 2],
    [2, 2],
    [],
    [1, 1, 3],
    [1, 2],
    [1, 1],
    [2, 3, 1],
    [],
  ]);
});

describe("groups that a split keeps in proportion", () => {
  test("are the classes", () => {
    expect([...strataOf(samples.class, 3)]).toEqual([1, 0, 1]);
  });

  test("are the rarest tag of an image; those without any are alike", () => {
    const labels: Labels = {
      kind: "tags",
      // Image by image: common; common and rare; none; common, rare not known; rare.
      of: Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 2, 0, 1),
      classes: ["common", "rare"],
    };
    expect([...strataOf(labels, 5)]).toEqual([0, 1, 2, 0, 1]);
  });

  test("are fifths of the first value", () => {
    const of = Float32Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 9 - at / 2 : 0));
    const labels: Labels = { kind: "values", of, names: ["size", "nothing"] };
    expect([...strataOf(labels, 10)]).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 0, 0]);
  });

  test("are fifths of how many points an image has", () => {
    const lists = [4, 0, 3, 1, 2].map((count) => Array(3 * count).fill(0));
    const labels: Labels = {
      kind: "points",
      of: ragged(new Float32Array(0), lists),
      classes: ["a"],
    };
    expect([...strataOf(labels, 5)]).toEqual([4, 0, 3, 1, 2]);
  });

  test("are all images where labels say nothing", () => {
    expect([...strataOf(samples.mask, 3)]).toEqual([0, 0, 0]);
    expect([...strataOf(samples.none, 3)]).toEqual([0, 0, 0]);
  });
});

describe("labels that cannot be used are refused with source, image and what was expected", () => {
  test.each<[string, Labels, string]>([
    [
      "a class that there is not",
      { ...samples.class, of: Int32Array.of(1, 0, 2) },
      "x: label of image 2: 2 is no class from 0 to 1",
    ],
    [
      "a class below 0",
      { ...samples.class, of: Int32Array.of(1, -1, 0) },
      "x: label of image 1: -1 is no class from 0 to 1",
    ],
    [
      "too few classes",
      { ...samples.class, of: Int32Array.of(1, 0) },
      "x: image 2 has 0 numbers of one class per image; expected 1",
    ],
    [
      "a tag that is neither there nor absent",
      { ...samples.tags, of: Uint8Array.of(0, 0, 0, 3, 0, 0) },
      "x: label of image 1: 3 is not 0 (absent), 1 (present) or 2 (not known)",
    ],
    [
      "too many tags",
      { ...samples.tags, of: new Uint8Array(7) },
      "x: 7 numbers of tags for 3 images; expected 6",
    ],
    [
      "a value that is not finite",
      { ...samples.values, of: Float32Array.of(0, 0, Number.POSITIVE_INFINITY) },
      "x: label of image 2: Infinity is not finite",
    ],
    [
      "a pixel of no class",
      { ...samples.mask, of: masks([0, 1], [2, 3], [0, 0]) },
      "x: label of image 1: 3 is no class from 0 to 2",
    ],
    [
      "masks of another size",
      { ...samples.mask, of: masks([0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]) },
      "x: image 0 has 4 numbers of a mask; expected 2",
    ],
    [
      "a point of no class",
      { ...samples.points, of: ragged(new Float32Array(0), [[0, 0, 0], [0, 0, 2], []]) },
      "x: label of image 1: 2 is no class from 0 to 1",
    ],
    [
      "a point that is nowhere",
      { ...samples.points, of: ragged(new Float32Array(0), [[Number.NaN, 0, 0], [], []]) },
      "x: label of image 0: NaN is not finite",
    ],
    [
      "half a box",
      { ...samples.boxes, of: ragged(new Float32Array(0), [[], [0, 0, 1], []]) },
      "x: image 1 has 3 numbers of boxes; expected 6 each",
    ],
    [
      "a box that is somewhat crowded",
      { ...samples.boxes, of: ragged(new Float32Array(0), [[], [], [0, 0, 1, 1, 0, 0.5]]) },
      "x: label of image 2: 0.5 is not 0 or 1 (a crowd)",
    ],
    [
      "two classes of one name",
      { ...samples.class, classes: ["cat", "cat"] },
      'x: two classes are named "cat"',
    ],
  ])("%s", (_, labels, message) => {
    const check = () => checkLabels(labels, 3, pixels, "x");
    expect(check).toThrow(InputError);
    expect(check).toThrow(message);
  });
});
