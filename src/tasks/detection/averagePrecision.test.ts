import { expect, test } from "vitest";
import { testGolden } from "../../../test/support/golden.js";
import { AveragePrecision, type BoxScores, MOST_FOUND } from "./averagePrecision.js";

/** A set as COCO's files have it, and what pycocotools says of it. */
interface Golden {
  readonly images: readonly { readonly id: number }[];
  readonly truth: readonly (GoldenBox & { readonly iscrowd: number })[];
  readonly found: readonly (GoldenBox & { readonly score: number })[];
  readonly categories: number;
  readonly stats: readonly number[];
}
interface GoldenBox {
  readonly image_id: number;
  readonly category_id: number;
  /** Left, top, width, height. */
  readonly bbox: readonly [number, number, number, number];
}

/** The numbers in pycocotools' order. */
const names = [
  ...["ap", "ap50", "ap75", "apSmall", "apMedium", "apLarge"],
  ...["ar1", "ar10", "ar100", "arSmall", "arMedium", "arLarge"],
] as readonly (keyof BoxScores)[];

const rowOf = <B extends GoldenBox>({ bbox: [x, y, w, h], category_id }: B, last: number) => [
  ...[x, y, w, h],
  ...[category_id - 1, last],
];

testGolden<Golden>("are COCO's", "metrics-boxes.json.gz", 120, (cases) => {
  for (const [at, { images, truth, found, categories, stats }] of cases.entries()) {
    const sums = new AveragePrecision(categories);
    for (const { id } of images) {
      const own = <B extends GoldenBox>(boxes: readonly B[]) =>
        boxes.filter(({ image_id }) => image_id === id);
      sums.add(
        own(truth).flatMap((box) => rowOf(box, box.iscrowd)),
        own(found).flatMap((box) => rowOf(box, box.score)),
      );
    }
    const values = sums.values();
    for (const [place, name] of names.entries()) {
      const value = Number.isNaN(values[name]) ? -1 : values[name];
      expect(Math.abs(value - stats[place]), `set ${at}: ${name}`).toBeLessThan(1e-6);
    }
  }
});

const SQUARE = [0, 0, 10, 10];

/** Sums of one image of one class. */
function scoresOf(truth: readonly number[][], found: readonly number[][]): BoxScores {
  const sums = new AveragePrecision(1);
  sums.add(truth.flat(), found.flat());
  return sums.values();
}

test("nothing to be found has no value, nothing found has 0", () => {
  expect(scoresOf([], [[...SQUARE, 0, 0.9]]).ap50).toBeNaN();
  expect(scoresOf([[...SQUARE, 0, 0]], [])).toMatchObject({ ap: 0, ap50: 0, ar1: 0, ar100: 0 });
});

test("a second box over the same one is wrong, over a crowd it counts neither way", () => {
  const better = [...SQUARE, 0, 0.9];
  const worse = [...SQUARE, 0, 0.8];
  const other = [20, 20, 10, 10, 0, 0.7];
  const there = [
    [...SQUARE, 0, 0],
    [20, 20, 10, 10, 0, 0],
  ];
  // Recall 1/2 at precision 1, recall 1 at 2/3.
  const twice = scoresOf(there, [better, worse, other]).ap50;
  expect(twice).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 9);
  const crowd = [40, 40, 40, 40, 0, 1];
  const inside = [41, 41, 9, 9, 0, 0.95];
  const beside = [...there, crowd];
  expect(scoresOf(beside, [inside, better, inside, other]).ap50).toBeCloseTo(1, 9);
});

test("of an image and class the best hundred boxes count", () => {
  const beside = Array.from({ length: MOST_FOUND }, () => [20, 20, 10, 10, 0, 0.9]);
  const there = [[...SQUARE, 0, 0]];
  expect(scoresOf(there, [...beside, [...SQUARE, 0, 0.1]]).ar100).toBe(0);
  expect(scoresOf(there, [...beside.slice(1), [...SQUARE, 0, 0.1]]).ar100).toBe(1);
});

test("a class without boxes has no part in the mean, and each class has its own value", () => {
  const sums = new AveragePrecision(3);
  sums.add([...SQUARE, 0, 0, ...SQUARE, 2, 0], [...SQUARE, 0, 0.9, ...SQUARE, 1, 0.9]);
  expect(sums.ofClass(0).ap50).toBeCloseTo(1, 9);
  expect(sums.ofClass(1).ap50).toBeNaN();
  expect(sums.ofClass(2)).toEqual({ ap: 0, ap50: 0 });
  expect(sums.values().ap50).toBeCloseTo(0.5, 9);
});
