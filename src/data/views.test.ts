import { expect, test } from "vitest";
import { referenceEngine } from "../engine/reference/index.js";
import type { Dataset } from "./dataset.js";
import { imagesOf } from "./images.js";
import { plainIntake } from "./intake.js";
import { Loader } from "./loader.js";
import { getViews } from "./views.js";

/** Images of different numbers in every pixel. */
const numbered = (length: number, height: number, width: number): Dataset => ({
  ...{ name: "set", length, channels: 1, labels: { kind: "none" } },
  images: imagesOf(
    Uint8Array.from({ length: length * height * width }, (_, at) => at),
    { height, width, channels: 1 },
  ),
});

async function viewsOf(name: string, dataset: Dataset, batch: number) {
  const intake = { ...plainIntake(dataset), views: getViews(name).maps };
  const loader = new Loader(referenceEngine(), dataset, { batch, seed: 0, shuffle: false, intake });
  const { images, size } = await loader.batch(0, 0);
  return { size, images: Array.from(images, (value) => Math.round(255 * value)) };
}

test("dihedral views are the eight ways that a square can lie, pixel by pixel", async () => {
  const { images } = await viewsOf("dihedral", numbered(1, 3, 3), 1);
  const found = Array.from({ length: 8 }, (_, view) => images.slice(9 * view, 9 * view + 9));
  const turn = (rows: readonly number[]) =>
    rows.map((_, at) => rows[3 * (2 - (at % 3)) + Math.floor(at / 3)]);
  const mirror = (rows: readonly number[]) =>
    rows.map((_, at) => rows[3 * Math.floor(at / 3) + 2 - (at % 3)]);
  const expected = [[0, 1, 2, 3, 4, 5, 6, 7, 8]];
  for (let at = 1; at < 4; at++) expected.push(turn(expected[at - 1]));
  expected.push(...expected.map(mirror));
  const text = (all: readonly (readonly number[])[]) => all.map((one) => one.join()).sort();
  expect(text(found)).toEqual(text(expected));
  expect(found[0]).toEqual(expected[0]);
});

test("the views of an image lie behind each other, and a batch counts images", async () => {
  const { images, size } = await viewsOf("flip", numbered(3, 1, 2), 4);
  expect(size).toBe(3);
  expect(images).toEqual([0, 1, 1, 0, 2, 3, 3, 2, 4, 5, 5, 4, 4, 5, 5, 4]);
});

test("an unknown name is told the known ones", () => {
  expect(() => getViews("dihedrl")).toThrow('unknown views "dihedrl" (did you mean "dihedral"?)');
});
