import { describe, expect, test } from "vitest";
import { compileLoss } from "../../../test/support/taskLoss.js";
import { type BoxLabels, fitMap, imagesOf, ragged } from "../../data/index.js";
import { cellLevels, countCells } from "../../models/cells.js";
import type { Task } from "../task.js";
import { detection } from "./index.js";
import { boxConstants } from "./rule.js";
import { boxTargets, CENTRE, CLASS, COUNTS, SIDES, VIEW } from "./targets.js";

const CLASSES = ["cat", "dog"];
const labelsOf = (...boxes: readonly number[][]): BoxLabels => ({
  kind: "boxes",
  of: ragged(new Float32Array(0), boxes),
  classes: CLASSES,
});

/** 32 x 32 pixels: 4 x 4 fine cells, then 2 x 2, then one. */
const size = { height: 32, width: 32 };
const CELLS = countCells(size);
const OUTPUTS = CLASSES.length + 5;

/** An output in which no cell says anything, and those given say a class, surely, with sides in strides. */
function outputOf(said: readonly { cell: number; of: number; sides: readonly number[] }[]) {
  const output = new Float32Array(OUTPUTS * CELLS);
  output.fill(-20, 0, CLASSES.length * CELLS);
  for (const { cell, of, sides } of said) {
    output[of * CELLS + cell] = 20;
    for (const [side, value] of sides.entries())
      output[(2 + side) * CELLS + cell] = Math.log(value);
    output[6 * CELLS + cell] = 20;
  }
  return output;
}

/** The targets of two images: one with a box that one cell is to find, one with nothing. */
const targets = {
  [CLASS]: new Int32Array(2 * CELLS).fill(2),
  [COUNTS]: new Float32Array(2 * CELLS).fill(1),
  [SIDES]: new Float32Array(2 * 4 * CELLS).fill(1),
  [CENTRE]: new Float32Array(2 * CELLS),
  [VIEW]: new Float32Array(16),
};
targets[CLASS][5] = 1;
targets[CENTRE][5] = 1;

const question = {
  task: detection as Task,
  targets: boxTargets(labelsOf([], []), {}, size).inputs,
  constants: { cells: [4] },
};

describe("the loss", () => {
  const compiled = compileLoss(question, [2, OUTPUTS, CELLS]);
  const right = outputOf([{ cell: 5, of: 1, sides: [1, 1, 1, 1] }]);
  const lossesOf = async (...outputs: readonly Float32Array[]) => {
    const all = new Float32Array(2 * OUTPUTS * CELLS);
    for (const [at, output] of outputs.entries()) all.set(output, at * output.length);
    return (await compiled).call(undefined, all, targets);
  };

  test("is nearly nothing where all is right, and counts an image by itself", async () => {
    const { losses } = await lossesOf(right, outputOf([]));
    expect(losses[0]).toBeLessThan(1e-6);
    expect(losses[1]).toBeLessThan(1e-6);
  });

  test("of a box is 1 - GIoU, twice, over the usual number of cells", async () => {
    // Twice as wide: the union and the hull are the box found.
    const wide = outputOf([{ cell: 5, of: 1, sides: [2, 1, 2, 1] }]);
    const { losses } = await lossesOf(wide, outputOf([]));
    expect(losses[0]).toBeCloseTo((2 * (1 - 1 / 2)) / 4, 5);
    // A cross: 4 in common, a union of 12, a hull of 16.
    targets[SIDES].set([2], 5);
    targets[SIDES].set([2], 2 * CELLS + 5);
    const high = outputOf([{ cell: 5, of: 1, sides: [1, 2, 1, 2] }]);
    const cross = await lossesOf(high, outputOf([]));
    expect(cross.losses[0]).toBeCloseTo((2 * (1 - 4 / 12 + 4 / 16)) / 4, 5);
    targets[SIDES].fill(1);
  });

  test("of a class is focal: missed 0.25, said wrongly 0.75 of its cross-entropy", async () => {
    const missed = right.slice();
    missed[CELLS + 5] = -20;
    const wrong = outputOf([{ cell: 7, of: 0, sides: [1, 1, 1, 1] }]);
    const { losses } = await lossesOf(missed, wrong);
    expect(losses[0]).toBeCloseTo((0.25 * 20) / 4, 4);
    expect(losses[1]).toBeCloseTo((0.75 * 20) / 4, 4);
  });

  test("leaves cells of a crowd alone", async () => {
    const wrong = outputOf([{ cell: 7, of: 0, sides: [1, 1, 1, 1] }]);
    targets[COUNTS][CELLS + 7] = 0;
    const { losses, gradient } = await lossesOf(right, wrong);
    expect(losses[1]).toBeLessThan(1e-6);
    expect(gradient[OUTPUTS * CELLS + 7]).toBe(0);
    targets[COUNTS].fill(1);
  });

  test("of outputs however large is finite, and so is its gradient", async () => {
    for (const extreme of [1e6, -1e6]) {
      const all = new Float32Array(OUTPUTS * CELLS).fill(extreme);
      const { losses, gradient } = await lossesOf(all, all);
      expect([...losses, ...gradient].every(Number.isFinite)).toBe(true);
    }
  });
});

test("the loss is divided by the cells that usually hold a box; crowds are none", () => {
  const found = boxConstants(labelsOf([0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0], [0, 0, 1, 1, 1, 1]));
  expect(found.cells).toEqual([6]);
  expect(boxConstants(labelsOf([], [])).cells).toEqual([1]);
});

const constants = { cells: [1], score: [0.05], overlap: [0.6], said: [0.4] };
const info = { names: CLASSES, constants, shape: [OUTPUTS, CELLS], size };

interface Said extends Record<"left" | "top" | "right" | "bottom" | "confidence", number> {
  readonly class: string;
}
const sidesOf = ({ left, top, right, bottom }: Said) => [left, top, right, bottom];

describe("decoding", () => {
  // Cell (1, 1) of the fine level, whose centre is (12, 12), and the coarsest one, whose centre is (16, 16).
  const output = outputOf([
    { cell: 5, of: 1, sides: [1, 0.5, 1, 0.5] },
    { cell: 20, of: 0, sides: [2, 0.25, 2, 0.25] },
  ]);

  test("says boxes within the net's input and their numbers", () => {
    const [found] = detection.decode(output, info);
    expect(found.counts).toEqual({ cat: 1, dog: 1 });
    const boxes = found.boxes as Said[];
    expect(boxes.map((box) => box.class).sort()).toEqual(["cat", "dog"]);
    for (const box of boxes) {
      const { class: of, confidence } = box;
      const expected = of === "dog" ? [4, 8, 20, 16] : [0, 8, 32, 24];
      for (const [at, value] of sidesOf(box).entries()) expect(value).toBeCloseTo(expected[at], 4);
      expect(confidence).toBeCloseTo(1, 6);
    }
    expect(detection.row(found)).toEqual([
      ["cat", 1],
      ["dog", 1],
    ]);
  });

  test("from a confidence on, a row of a table for each", () => {
    const [all] = detection.decode(output, info, { confidence: 0 });
    expect((all.boxes as Said[]).length).toBeGreaterThan(2);
    const [none] = detection.decode(output, info, { confidence: 1 });
    expect(detection.things!.rows(none)).toEqual([]);
    const [found] = detection.decode(output, info);
    const [first] = found.boxes as Said[];
    expect(detection.things!.rows(found)[0]).toEqual([
      ...[first.class, first.confidence],
      ...sidesOf(first),
    ]);
  });

  test("in the image's own pixels where they are known", () => {
    const own = { height: 64, width: 128 };
    const [plain] = detection.decode(output, info);
    const found = detection.placed!(plain, fitMap("stretch", own, size));
    const dog = (found.boxes as Said[]).find((box) => box.class === "dog")!;
    for (const [at, side] of sidesOf(dog).entries())
      expect(side).toBeCloseTo([16, 16, 80, 32][at], 3);
    expect(found.counts).toEqual(plain.counts);
  });

  test("leaves out what is not sure, and the worse of two boxes of a thing", () => {
    const near = outputOf([
      { cell: 5, of: 1, sides: [1, 1, 1, 1] },
      { cell: 6, of: 1, sides: [2, 1, 0.1, 1] },
      { cell: 9, of: 0, sides: [1, 1, 1, 1] },
    ]);
    near[CELLS + 6] = 2;
    near[9] = -2;
    const [found] = detection.decode(near, info);
    expect(found.counts).toEqual({ cat: 0, dog: 1 });
  });

  test("knows images apart", () => {
    const two = new Float32Array(2 * output.length);
    two.set(outputOf([]));
    two.set(output, output.length);
    const found = detection.decode(two, info);
    expect(found.map(({ boxes }) => (boxes as unknown[]).length)).toEqual([0, 2]);
  });
});

test("metrics are in the image's own pixels, and count boxes that are said", () => {
  // The image is twice as wide as the net's input.
  const own = { height: 32, width: 64 };
  const labels = labelsOf([8, 8, 40, 16, 1, 0, 0, 0, 64, 8, 0, 1, 0, 24, 8, 32, 0, 0]);
  const metrics = detection.newMetrics(labels, constants, size);
  const view = [...fitMap("stretch", own, size), 32, 64];
  const output = outputOf([{ cell: 5, of: 1, sides: [1, 0.5, 1, 0.5] }]);
  metrics.add(output, Int32Array.of(0), { [VIEW]: Float32Array.from(view) });
  expect(metrics.values()).toMatchObject({ countError: 1 / 2 });
  expect(metrics.values().ap50).toBeCloseTo(1 / 2, 6);
  const [cat, dog] = metrics.outputs();
  expect(cat).toEqual({ name: "cat", support: 1, ap: 0, ap50: 0, countError: 1 });
  expect(dog).toMatchObject({ name: "dog", support: 1, countError: 0 });
  expect(dog.ap50).toBeCloseTo(1, 6);
});

test("a class without boxes is refused by name, and no class at all", () => {
  const images = imagesOf(new Uint8Array(1), { height: 1, width: 1, channels: 1 });
  const dataset = { name: "set", length: 1, channels: 1, images };
  const both = [0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0];
  expect(() => detection.check({ ...dataset, labels: labelsOf(both) })).not.toThrow();
  const crowd = [0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1];
  expect(() => detection.check({ ...dataset, labels: labelsOf(crowd) })).toThrow(
    'set: no training image has a box of the class "dog"',
  );
  const none = { ...labelsOf([]), classes: [] };
  expect(() => detection.check({ ...dataset, labels: none })).toThrow("set has no classes");
});

test("levels lie behind each other and cover images of any size", () => {
  expect(cellLevels({ height: 33, width: 50 })).toEqual([
    { stride: 8, height: 5, width: 7, first: 0 },
    { stride: 16, height: 3, width: 4, first: 35 },
    { stride: 32, height: 2, width: 2, first: 47 },
  ]);
  expect(countCells({ height: 33, width: 50 })).toBe(51);
});
