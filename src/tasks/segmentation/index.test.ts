import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { compileLoss } from "../../../test/support/taskLoss.js";
import { evenOffsets, IGNORED, imagesOf, type MaskLabels } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import type { Task } from "../task.js";
import { segmentation } from "./index.js";
import { runLengths } from "./runLengths.js";
import { MASK, maskTargets } from "./targets.js";

const CLASSES = ["sky", "sea", "land"];
const labelsOf = (of: readonly number[], pixels: number): MaskLabels => ({
  kind: "mask",
  of: { data: Uint8Array.from(of), offsets: evenOffsets(of.length / pixels, pixels) },
  classes: CLASSES,
});

describe("targets", () => {
  const to = { height: 2, width: 3 };
  const labels = labelsOf([...[0, 1, 2, 1, 2, 0], ...[2, 2, 1, 0, 0, IGNORED]], 6);
  const maker = maskTargets(labels, {}, to);
  const maskOf = (...places: Parameters<typeof planOf>[0]) => [
    ...fill(maker, planOf(places, to))[MASK],
  ];

  test("are the masks of their images, pixels that do not count among them", () => {
    expect(maskOf({ image: 1 }, { image: 0 })).toEqual([
      ...[2, 2, 1, 0, 0, IGNORED],
      ...[0, 1, 2, 1, 2, 0],
    ]);
  });

  test("follow the map of their image: mirrored, moved, turned", () => {
    expect(maskOf({ image: 0, map: [-1, 0, 2, 0, 1, 0] })).toEqual([2, 1, 0, 0, 2, 1]);
    const moved = maskOf({ image: 0, map: [1, 0, 1, 0, 1, -1] });
    expect(moved).toEqual([IGNORED, IGNORED, IGNORED, 1, 2, IGNORED]);
    const turned = maskOf({ image: 0, map: [0, 1, 0, 1, 0, 0], size: { height: 3, width: 2 } });
    // The stored rows are 0 1, 2 1, 2 0.
    expect(turned).toEqual([0, 2, 2, 1, 1, 0]);
  });

  test("take the nearest pixel, and nothing from outside the image", () => {
    expect(maskOf({ image: 0, map: [1, 0, 0.4, 0, 1, -0.4] })).toEqual([0, 1, 2, 1, 2, 0]);
    expect(maskOf({ image: 0, map: [1, 0, 0.6, 0, 1, 0] })).toEqual([
      ...[1, 2, IGNORED],
      ...[2, 0, IGNORED],
    ]);
    expect(maskOf({ image: 0, map: [1, 0, -0.6, 0, 1, 0] })).toEqual([
      ...[IGNORED, 0, 1],
      ...[IGNORED, 1, 2],
    ]);
    expect(maskOf({ image: 0, map: [1, 0, 0, 0, 1, 0.6] })).toEqual([
      ...[1, 2, 0],
      ...[IGNORED, IGNORED, IGNORED],
    ]);
  });

  test("masks of images that are mixed are refused", () => {
    const mixed = planOf([{ image: 0, mix: [1, 0.5] }, { image: 1 }], to);
    expect(() => fill(maker, mixed)).toThrow(InputError);
    expect(() => fill(maker, mixed)).toThrow("leave mixup out of the augmentations");
  });
});

const SIDE = 2;
const question = {
  task: segmentation as Task,
  targets: maskTargets(labelsOf([], 4), {}, { height: SIDE, width: SIDE }).inputs,
  constants: {},
};

test("the loss is the mean over the pixels that count, and its gradient leaves the others alone", async () => {
  const lossOf = await compileLoss(question, [2, 3, SIDE, SIDE]);
  const output = new Float32Array(24);
  output[0] = 1;
  const { losses, gradient, tallies } = await lossOf(output, {
    [MASK]: Int32Array.of(0, IGNORED, 2, IGNORED, IGNORED, IGNORED, IGNORED, IGNORED),
  });
  expect(losses[0]).toBeCloseTo((Math.log(Math.E + 2) - 1 + Math.log(3)) / 2, 6);
  expect(losses[1]).toBe(0);
  const planes = Array.from({ length: 3 }, (_, k) => [...gradient.subarray(4 * k, 4 * k + 4)]);
  expect(planes.map((plane) => plane[2])).toEqual(
    [1 / 12, 1 / 12, -1 / 6].map((slope) => expect.closeTo(slope, 6)),
  );
  const uncounted = [...planes.flatMap((plane) => [plane[1], plane[3]]), ...gradient.subarray(12)];
  expect(uncounted.filter((slope) => slope !== 0)).toEqual([]);
  expect(segmentation.trainMetrics(tallies, 2)).toEqual({ pixelAccuracy: 0.5 });
});

test("an image counts by its mean, however few of its pixels count; smoothing leaves the others alone", async () => {
  const mask = { [MASK]: Int32Array.of(1, IGNORED, IGNORED, IGNORED) };
  const output = new Float32Array(12);
  output[4] = 2;
  const sum = Math.log(Math.E ** 2 + 2);
  const plain = await (await compileLoss(question, [1, 3, SIDE, SIDE]))(output, mask);
  expect(plain.losses[0]).toBeCloseTo(sum - 2, 6);
  const smooth = await (await compileLoss(question, [1, 3, SIDE, SIDE], 0.3))(output, mask);
  expect(smooth.losses[0]).toBeCloseTo(0.8 * (sum - 2) + 0.2 * sum, 6);
  expect([...smooth.gradient].filter((slope) => slope !== 0)).toHaveLength(3);
});

test("training counts pixels as an evaluation does, ties too", async () => {
  const lossOf = await compileLoss(question, [1, 3, SIDE, SIDE]);
  const logit = fc.oneof(
    fc.integer({ min: -1, max: 1 }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  );
  const label = fc.constantFrom(0, 1, 2, IGNORED);
  await fc.assert(
    fc.asyncProperty(
      fc.array(logit, { minLength: 12, maxLength: 12 }),
      fc.array(label, { minLength: 4, maxLength: 4 }),
      async (values, mask) => {
        const output = Float32Array.from(values);
        const targets = { [MASK]: Int32Array.from(mask) };
        const { tallies } = await lossOf(output, targets);
        const metrics = segmentation.newMetrics(labelsOf(mask, 4), {}, { height: 2, width: 2 });
        metrics.add(output, Int32Array.of(0), targets);
        const counts = metrics.confusion!.counts;
        expect(tallies.counted).toBe(counts.reduce((sum, count) => sum + count, 0));
        expect(tallies.right).toBe(counts[0] + counts[4] + counts[8]);
      },
    ),
    { numRuns: 100 },
  );
});

describe("decoding", () => {
  const info = { names: CLASSES, constants: {}, shape: [3, 1, 4], size: { height: 1, width: 4 } };

  test("says the mask as runs, the share of each class, and how sure it is on average", () => {
    const planes = [
      [0, 0, 2, 0],
      [2, 2, 0, 0],
      [0, 0, 0, 2],
    ];
    const [found] = segmentation.decode(Float32Array.from(planes.flat()), info);
    const sure = Math.E ** 2 / (Math.E ** 2 + 2);
    expect(found).toEqual({
      shares: { sky: 0.25, sea: 0.5, land: 0.25 },
      confidence: expect.closeTo(sure, 6),
      mask: {
        height: 1,
        width: 4,
        runs: [
          [1, 2],
          [0, 1],
          [2, 1],
        ],
        place: [1, 0, 0, 0, 1, 0],
      },
    });
    // Twice as large from the third column on, and then three times as large.
    const twice = segmentation.placed!(found, [2, 0, 2.5, 0, 2, 0.5]);
    const { mask } = segmentation.placed!(twice, [3, 0, 1, 0, 3, 1]);
    expect(mask).toMatchObject({ width: 4, place: [6, 0, 8.5, 0, 6, 2.5] });
    expect(segmentation.row(found).map(([column]) => column)).toEqual([...CLASSES, "confidence"]);
  });

  test("takes the larger logit where probabilities have no digit for it, and knows images apart", () => {
    // exp(1e-9) is 1 in single precision.
    const one = [0, 0, 0, 0, 1e-9, 1e-9, 0, 0, 0, 0, 0, 1e-9];
    const other = [0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3];
    const masks = segmentation
      .decode(Float32Array.from([...one, ...other]), info)
      .map(({ mask }) => (mask as { runs: unknown }).runs);
    expect(masks).toEqual([
      [
        [1, 2],
        [0, 1],
        [2, 1],
      ],
      [[2, 4]],
    ]);
  });
});

test("runs are cut where the class changes, and nowhere else", () => {
  expect(runLengths(Uint8Array.of(1, 1, 0, 1))).toEqual([
    [1, 2],
    [0, 1],
    [1, 1],
  ]);
  expect(runLengths(new Uint8Array(0))).toEqual([]);
});

test("a single class is nothing to tell apart", () => {
  const images = imagesOf(new Uint8Array(1), { height: 1, width: 1, channels: 1 });
  const dataset = { name: "flat", length: 1, channels: 1, images };
  const two = labelsOf([0], 1);
  expect(() => segmentation.check({ ...dataset, labels: two })).not.toThrow();
  expect(() => segmentation.check({ ...dataset, labels: { ...two, classes: ["sky"] } })).toThrow(
    "flat: its masks know 1 class; expected at least two",
  );
});
