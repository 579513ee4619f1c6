import { describe, expect, test } from "vitest";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { compileLoss } from "../../../test/support/taskLoss.js";
import { type PointLabels, ragged } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { CountErrors } from "./countErrors.js";
import { DENSITY, densityTargets } from "./density.js";
import { DOTS } from "./dots.js";
import { counting } from "./index.js";

const labelsOf = (...lists: number[][]): PointLabels => ({
  kind: "points",
  of: ragged(new Float32Array(0), lists),
  classes: ["cell", "dust"],
});
const size = { height: 8, width: 8 };
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
const targetsOf = (labels: PointLabels) =>
  fill(densityTargets(labels, {}, size), planOf([{ image: 0 }], size));

describe("densities", () => {
  test("of each class sum up to its points, at the border too", () => {
    const { [DENSITY]: density, [DOTS]: dots } = targetsOf(
      labelsOf([0, 0, 0, 8, 8, 0, 4, 3.5, 1, 4, 3.5, 0]),
    );
    const peak = 2 * Math.PI * 16;
    expect(sum(density.subarray(0, 64)) / peak).toBeCloseTo(3, 5);
    expect(sum(density.subarray(64)) / peak).toBeCloseTo(1, 5);
    // A point on the far border is in the last pixel.
    expect([dots[0], dots[63], dots[64 + 3 * 8 + 4], dots[3 * 8 + 4]]).toEqual([1, 1, 1, 1]);
    expect(sum(dots)).toBe(4);
  });

  test("of a lone point are 1 where it is", () => {
    const wide = { height: 41, width: 41 };
    const maker = densityTargets(labelsOf([20.5, 20.5, 0]), {}, wide);
    const { [DENSITY]: density } = fill(maker, planOf([{ image: 0 }], wide));
    const most = density.subarray(0, 41 * 41).indexOf(Math.max(...density));
    expect(most).toBe(20 * 41 + 20);
    // The bell ends after three standard deviations, so a little is missing beside it.
    expect(density[most]).toBeGreaterThan(1);
    expect(density[most]).toBeLessThan(1.02);
  });

  test("points outside the batch's image do not count", () => {
    const maker = densityTargets(labelsOf([1, 1, 0, 7, 7, 0]), {}, size);
    const { [DOTS]: dots } = fill(maker, planOf([{ image: 0, map: [1, 0, 4, 0, 1, 4] }], size));
    expect(sum(dots)).toBe(1);
    expect(dots[3 * 8 + 3]).toBe(1);
  });

  test("cannot be mixed", () => {
    const maker = densityTargets(labelsOf([1, 1, 0], []), {}, size);
    const plan = planOf([{ image: 0, mix: [1, 0.5] }, { image: 1 }], size);
    expect(() => fill(maker, plan)).toThrow(InputError);
  });
});

test("the loss is the squared error, and training counts as evaluation does", async () => {
  const labels = labelsOf([4, 4, 0, 2, 2, 0]);
  const targets = targetsOf(labels);
  const asked = { task: counting, targets: densityTargets(labels, {}, size).inputs, constants: {} };
  const lossOf = await compileLoss(asked as never, [1, 2, 8, 8]);
  const nothing = await lossOf(new Float32Array(128), targets);
  const squares = sum(targets[DENSITY].map((value) => value * value));
  expect(nothing.losses[0]).toBeCloseTo(squares / 128, 3);
  expect(counting.trainMetrics(nothing.tallies, 1).mae).toBeCloseTo(1, 4);
  const right = await lossOf(targets[DENSITY] as Float32Array, targets);
  expect([right.losses[0], right.tallies.absolute]).toEqual([0, expect.closeTo(0, 4)]);
});

test("errors are those of images and of their quarters", () => {
  const errors = new CountErrors(["a"]);
  const at = (...pixels: number[]) => {
    const map = new Float32Array(64);
    for (const pixel of pixels) map[pixel]++;
    return map;
  };
  // One in the wrong quarter, and then one too few.
  errors.add(at(0, 63), at(0, 7), size);
  errors.add(at(0), at(0, 1), size);
  const { mae, rmse, game1 } = errors.values();
  expect(mae).toBeCloseTo(0.5);
  expect(rmse).toBeCloseTo(Math.sqrt(0.5));
  expect(game1).toBeCloseTo((2 + 1) / 2);
  expect(errors.outputs()).toMatchObject([{ name: "a", support: 4, mae: 0.5, bias: -0.5 }]);
});

test("what always saying the mean count of the training images would score", () => {
  const constants = counting.constants!(labelsOf([4, 4, 0, 2, 2, 0, 1, 1, 0]));
  expect(constants).toEqual({ mean: [3, 0] });
  const errors = new CountErrors(["a", "b"], constants);
  errors.add(new Float32Array(128), new Float32Array(128).fill(1, 0, 5), size);
  errors.add(new Float32Array(128), new Float32Array(128).fill(1, 127), size);
  expect(errors.constant).toMatchObject({ metric: "mae", value: ((2 + 3) / 2 + (0 + 1) / 2) / 2 });
  expect(new CountErrors(["a"]).constant).toBeUndefined();
});

test("cells of sides that do not divide leave the rest to the last ones", () => {
  const errors = new CountErrors(["a"]);
  const odd = { height: 3, width: 3 };
  const last = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1);
  const middle = Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);
  errors.add(last, middle, odd);
  expect(errors.values()).toMatchObject({ mae: 0, game1: 0 });
});

test("data without a point are refused", () => {
  const dataset = { name: "x", length: 1, channels: 1, images: undefined as never };
  expect(() => counting.check({ ...dataset, labels: labelsOf([]) })).toThrow(/x has no points/);
});
