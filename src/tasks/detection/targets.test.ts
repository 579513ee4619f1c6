import { describe, expect, test } from "vitest";
import { fill, type Place, planOf } from "../../../test/support/batchPlan.js";
import { type BoxLabels, ragged } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { boxTargets, CENTRE, CLASS, COUNTS, SIDES, VIEW } from "./targets.js";

const labelsOf = (...boxes: readonly number[][]): BoxLabels => ({
  kind: "boxes",
  of: ragged(new Float32Array(0), boxes),
  classes: ["cat", "dog"],
});

/** 64 x 64 pixels: 8 x 8 fine cells, then 4 x 4, then 2 x 2. */
const to = { height: 64, width: 64 };
const CELLS = 64 + 16 + 4;
const NONE = 2;

/** Targets of one image with boxes. */
function targetsOf(boxes: readonly number[], how: Omit<Place, "image"> = {}) {
  const maker = boxTargets(labelsOf([...boxes]), {}, to);
  const found = fill(maker, planOf([{ image: 0, ...how }], to));
  const cells = [...found[CLASS]].flatMap((of, cell) => (of === NONE ? [] : [cell]));
  const sidesOf = (cell: number) => [0, 1, 2, 3].map((side) => found[SIDES][side * CELLS + cell]);
  return { found, cells, sidesOf };
}

describe("a cell is to find a box", () => {
  test("where its centre is near the middle of the box, and inside it", () => {
    const { cells, sidesOf, found } = targetsOf([8, 8, 48, 40, 1, 0]);
    // Middle (28, 24); centres at 20, 28, 36 across, and at 12, 20, 28, 36 down.
    expect(cells).toEqual([1, 2, 3, 4].flatMap((y) => [2, 3, 4].map((x) => 8 * y + x)));
    expect(found[CLASS][8 + 2]).toBe(1);
    expect(sidesOf(8 + 2)).toEqual([12 / 8, 4 / 8, 28 / 8, 28 / 8]);
    expect(found[CENTRE][8 + 2]).toBeCloseTo(Math.sqrt((12 / 28) * (4 / 28)), 6);
    expect(found[CENTRE][0]).toBe(0);
    expect([...found[COUNTS]].every((count) => count === 1)).toBe(true);
  });

  test("on the level of its longer side", () => {
    expect(targetsOf([0, 0, 64, 10, 0, 0]).cells.every((cell) => cell < 64)).toBe(true);
    const wide = boxTargets(labelsOf([0, 0, 100, 10, 0, 0]), {}, { height: 64, width: 128 });
    const found = fill(wide, planOf([{ image: 0 }], { height: 64, width: 128 }));
    const cells = [...found[CLASS]].flatMap((of, cell) => (of === NONE ? [] : [cell]));
    expect(cells.length).toBeGreaterThan(0);
    // 128 fine cells, then 4 x 8.
    expect(cells.every((cell) => cell >= 128 && cell < 160)).toBe(true);
  });

  test("the smaller one where it is in two, whatever their order", () => {
    const boxes = [
      [0, 0, 60, 60, 0, 0],
      [24, 24, 40, 40, 1, 0],
    ];
    for (const order of [boxes, [...boxes].reverse()]) {
      const { found, sidesOf } = targetsOf(order.flat());
      expect(found[CLASS][8 * 3 + 3]).toBe(1);
      expect(sidesOf(8 * 3 + 3)).toEqual([0.5, 0.5, 1.5, 1.5]);
    }
  });

  test("however small it is", () => {
    const { cells, sidesOf } = targetsOf([9, 9, 11, 11, 0, 0]);
    expect(cells).toEqual([8 + 1]);
    for (const [side, expected] of [3 / 8, 3 / 8, 0.05, 0.05].entries()) {
      expect(sidesOf(9)[side]).toBeCloseTo(expected, 6);
    }
  });
});

describe("boxes follow their image", () => {
  test("mirrored", () => {
    const { sidesOf, cells } = targetsOf([0, 0, 16, 16, 0, 0], { map: [-1, 0, 63, 0, 1, 0] });
    expect(cells).toEqual([6, 7, 14, 15]);
    expect(sidesOf(7)).toEqual([1.5, 0.5, 0.5, 1.5]);
  });

  test("and to another size", () => {
    const half = { map: [2, 0, 0.5, 0, 2, 0.5], size: { height: 128, width: 128 } } as const;
    const { found, cells, sidesOf } = targetsOf([0, 0, 32, 32, 1, 0], half);
    expect(cells).toEqual([0, 1, 8, 9]);
    expect(sidesOf(0)).toEqual([0.5, 0.5, 1.5, 1.5]);
    expect([...found[VIEW]]).toEqual([2, 0, 0.5, 0, 2, 0.5, 128, 128]);
  });

  test("cut off for the most part, nothing is learnt from them: their cells do not count", () => {
    const moved = (by: number) => targetsOf([0, 0, 20, 20, 0, 0], { map: [1, 0, by, 0, 1, 0] });
    expect(moved(12).cells.length).toBeGreaterThan(0);
    const { found, cells } = moved(15);
    expect(cells).toEqual([]);
    expect(found[COUNTS][0]).toBe(0);
    expect(found[COUNTS][1]).toBe(1);
    expect([...moved(30).found[COUNTS]].every((count) => count === 1)).toBe(true);
  });
});

test("cells in a crowd do not count, but for those that are to find a box", () => {
  const { found, cells } = targetsOf([0, 0, 32, 32, 0, 1, 0, 0, 16, 16, 1, 0]);
  expect(cells).toEqual([0, 1, 8, 9]);
  expect([0, 1, 2, 3, 4].map((cell) => found[COUNTS][cell])).toEqual([1, 1, 0, 0, 1]);
  expect([64, 66].map((cell) => found[COUNTS][cell])).toEqual([0, 1]);
});

test("an image without boxes has none, whatever the last batch had", () => {
  const { found, cells } = targetsOf([]);
  expect(cells).toEqual([]);
  expect([...found[CENTRE]].every((centre) => centre === 0)).toBe(true);
});

test("boxes of images that are mixed are refused", () => {
  const maker = boxTargets(labelsOf([], []), {}, to);
  const mixed = planOf([{ image: 0, mix: [1, 0.5] }, { image: 1 }], to);
  expect(() => fill(maker, mixed)).toThrow(InputError);
  expect(() => fill(maker, mixed)).toThrow("leave mixup out of the augmentations");
});
