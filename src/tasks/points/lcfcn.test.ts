import { describe, expect, test } from "vitest";
import { sumTerms, type Term, termsOf } from "./lcfcn.js";
import { bordersOf, watershed } from "./watershed.js";

const size = { height: 5, width: 5 };

/** Logits of a 5x5 map: 2 where the drawing has #, else -2. */
const drawn = (rows: string): Float32Array =>
  Float32Array.from(rows.replace(/\s/g, ""), (letter) => (letter === "#" ? 2 : -2));

const named = (terms: readonly Term[], name: Term["name"]) =>
  terms.filter((term) => term.name === name);

/** The loss of the terms of a name. */
const lossOf = (logits: Float32Array, terms: readonly Term[], name: Term["name"]) =>
  sumTerms(logits, named(terms, name), new Float32Array(25), 1);

/** Cross-entropy of a logit of 2 that should be 1, and one that should be 0. */
const [RIGHT, WRONG] = [Math.log1p(Math.exp(-2)), 2 + Math.log1p(Math.exp(-2))];

const twoBlobs = drawn(`
  ##...
  ##...
  .....
  ...##
  ...##`);
const oneBlob = drawn(`
  .....
  #####
  #####
  .....
  .....`);

describe("the four terms", () => {
  test("of the image: its surest pixels, one to be in a blob and one not to be", () => {
    const [least, most, ...rest] = named(termsOf(twoBlobs, size, [0]), "image");
    expect(rest).toEqual([]);
    expect(least).toMatchObject({ weight: 1, pixels: [2], target: 0 });
    expect(most).toMatchObject({ weight: 1, pixels: [0], target: 1 });
    expect(lossOf(twoBlobs, termsOf(twoBlobs, size, [0]), "image")).toBeCloseTo(2 * RIGHT, 6);
  });

  test("of an empty image: the surest pixel is not in a blob, and no blob is right", () => {
    const terms = termsOf(twoBlobs, size, []);
    expect(terms.map(({ name, target }) => [name, target])).toEqual([
      ["image", 0],
      ["falsePositive", 0],
      ["falsePositive", 0],
    ]);
    expect(lossOf(twoBlobs, terms, "falsePositive")).toBeCloseTo(2 * WRONG, 6);
  });

  test("of an image that is all points: nothing of it is background", () => {
    const all = Array.from({ length: 25 }, (_, at) => at);
    const images = named(termsOf(oneBlob, size, all), "image");
    expect(images.map(({ target }) => target)).toEqual([1]);
  });

  test("of the points: their mean, as often as there are points", () => {
    const terms = termsOf(twoBlobs, size, [0, 2]);
    expect(named(terms, "points")).toMatchObject([{ weight: 2, pixels: [0, 2], target: 1 }]);
    expect(lossOf(twoBlobs, terms, "points")).toBeCloseTo(RIGHT + WRONG, 6);
  });

  test("of blobs without a point: each its mean", () => {
    const terms = termsOf(twoBlobs, size, [6]);
    expect(named(terms, "falsePositive")).toMatchObject([{ weight: 1, pixels: [18, 19, 23, 24] }]);
    expect(lossOf(twoBlobs, terms, "falsePositive")).toBeCloseTo(WRONG, 6);
  });

  test("of borders: between all points, and again within a blob that holds several", () => {
    // Flat water rises evenly: the two points part the map between columns 1 and 2, 2 belonging to the first.
    const [whole, within, ...rest] = named(termsOf(oneBlob, size, [5, 9]), "split");
    expect(rest).toEqual([]);
    expect(whole).toMatchObject({ weight: 1, target: 0 });
    expect(within).toMatchObject({ weight: 1, target: 0, pixels: [7, 8, 12, 13] });
    expect(whole.pixels).toEqual(expect.arrayContaining([...within.pixels]));
    expect(named(termsOf(oneBlob, size, [5]), "split")).toEqual([]);
    expect(named(termsOf(twoBlobs, size, [0, 24]), "split")).toHaveLength(1);
  });

  test("weigh the more the more points a blob holds", () => {
    const [, within] = named(termsOf(oneBlob, size, [5, 7, 9]), "split");
    expect(within.weight).toBe(2);
  });

  test.each(["image", "points", "split", "falsePositive"] as const)("without %s", (name) => {
    // Two points in one blob, and a blob without any: all terms are there.
    const names = (terms: readonly Term[]) => [...new Set(terms.map((term) => term.name))];
    const all = names(termsOf(twoBlobs, size, [0, 1]));
    expect(all).toHaveLength(4);
    const others = names(termsOf(twoBlobs, size, [0, 1], [name]));
    expect(others).toEqual(all.filter((one) => one !== name));
  });
});

test("a perfect map costs nothing, and is not changed", () => {
  const logits = twoBlobs.map((value) => 50 * value);
  const gradient = new Float32Array(25);
  const terms = termsOf(logits, size, [0, 24]);
  const borders = named(terms, "split").flatMap(({ pixels }) => pixels);
  expect(borders.every((at) => logits[at] < 0)).toBe(true);
  expect(sumTerms(logits, terms, gradient, 1)).toBeCloseTo(0, 6);
  expect(Math.max(...gradient.map(Math.abs))).toBeCloseTo(0, 6);
});

test("water takes the low way first, and meets at a ridge", () => {
  const levels = [0, 9, 0, 0, 0];
  const line = { height: 1, width: 5 };
  expect([...watershed(levels, line, [0, 4])]).toEqual([1, 1, 2, 2, 2]);
  expect(bordersOf(Int32Array.of(1, 1, 2, 2, 2), line)).toEqual([1, 2]);
  expect([...watershed(levels, line, [0], (at) => at < 2)]).toEqual([1, 1, 0, 0, 0]);
});
