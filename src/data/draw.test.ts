import { describe, expect, test } from "vitest";
import { bytesOf } from "../../test/fixtures/data.js";
import { classesOf, classNames } from "../../test/support/questions.js";
import { stripes } from "../../test/support/tinyRun.js";
import type { Dataset } from "./dataset.js";
import { balancedSubsets, draw } from "./draw.js";

const source = { train: stripes(120, 1), test: stripes(33, 2) };

/** Images as texts, so that sets can be compared. */
const imagesOf = (dataset: Dataset): string[] => {
  const [all, { length }] = [bytesOf(dataset), dataset];
  const bytes = all.length / length;
  return Array.from({ length }, (_, at) => all.subarray(at * bytes, (at + 1) * bytes).join());
};

const counts = (dataset: Dataset) =>
  classNames(dataset).map((_, label) => classesOf(dataset).filter((one) => one === label).length);

describe("drawn images", () => {
  test("are balanced, and learning and choosing share none", () => {
    const drawn = draw(source, { seed: 1, train: 60, selection: 0.25 });
    expect(counts(drawn.train)).toEqual([20, 20, 20]);
    expect(counts(drawn.selection)).toEqual([7, 7, 6]);
    const learned = new Set(imagesOf(drawn.train));
    expect(imagesOf(drawn.selection).filter((one) => learned.has(one))).toEqual([]);
    expect(drawn.test).toBe(source.test);
  });

  test("depend on the seed, and on nothing else", () => {
    const images = (seed: number) =>
      imagesOf(draw(source, { seed, train: 30, selection: 0.1 }).train);
    expect(images(1)).toEqual(images(1));
    expect(images(1)).not.toEqual(images(2));
  });

  test("are all when no number is given", () => {
    const { train, selection } = draw(source, { seed: 1, selection: 0.1 });
    expect([train.length, selection.length]).toEqual([108, 12]);
  });

  test("are all with selection 0, and a tenth of them tells how training goes", () => {
    for (const train of [undefined, 60]) {
      const drawn = draw(source, { seed: 1, train, selection: 0 });
      expect(drawn.train.length).toBe(train ?? 120);
      expect(drawn.selection.length).toBe(drawn.train.length / 10);
      const learned = new Set(imagesOf(drawn.train));
      expect(imagesOf(drawn.selection).filter((one) => !learned.has(one))).toEqual([]);
      expect(drawn.test).toBe(source.test);
    }
  });

  test("leave a selection set that the source brings as it is", () => {
    const selection = stripes(12, 3);
    const own = { ...source, selection };
    expect(draw(own, { seed: 1, train: 30, selection: 0.5 }).selection).toBe(selection);
    expect(draw(own, { seed: 1, selection: 0.5 })).toMatchObject({
      train: source.train,
      selection,
    });
  });

  test("of a group are all learned from or all chosen by", () => {
    const groups = Int32Array.from({ length: 120 }, (_, at) => Math.floor(at / 6));
    const grouped = { train: { ...source.train, groups } };
    const { train, selection } = draw(grouped, { seed: 1, train: 30, selection: 0.2 });
    expect(train.length).toBe(30);
    const learned = new Set(train.groups);
    expect([...selection.groups!].filter((group) => learned.has(group))).toEqual([]);
  });

  test("of a class with too few images are refused", () => {
    expect(() => balancedSubsets(source.train, [90, 60], 1)).toThrow(
      "stripes: class top has 10 images left where a balanced part of 60 needs 20",
    );
  });
});
