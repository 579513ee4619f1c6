import { expect, test } from "vitest";
import { testGolden } from "../../../test/support/golden.js";
import { evenOffsets, IGNORED, type MaskLabels } from "../../data/index.js";
import { PixelMetrics } from "./metrics.js";
import { MASK } from "./targets.js";

const labelsOf = (masks: readonly (readonly number[])[], classes: number): MaskLabels => ({
  kind: "mask",
  of: {
    data: Uint8Array.from(masks.flat()),
    offsets: evenOffsets(masks.length, masks[0].length),
  },
  classes: Array.from({ length: classes }, (_, at) => `class ${at}`),
});

/** Metrics of images of one mask size in a batch; the logits of each pixel are a row. */
function metricsOf(
  masks: readonly (readonly number[])[],
  logits: readonly (readonly (readonly number[])[])[],
) {
  const classes = logits[0][0].length;
  const planes = logits.flatMap((rows) =>
    Array.from({ length: classes }, (_, k) => rows.map((row) => row[k])),
  );
  const metrics = new PixelMetrics(labelsOf(masks, classes));
  const targets = { [MASK]: Int32Array.from(masks.flat()) };
  metrics.add(Float32Array.from(planes.flat()), Int32Array.from(masks.keys()), targets);
  return metrics;
}

/** What scikit-learn says of random cases of classes; here each case is an image of one row of pixels. */
interface Golden {
  readonly truth: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly confusion: readonly (readonly number[])[];
}

testGolden<Golden>(
  "are those of scikit-learn on pixels",
  "metrics-classify.json.gz",
  200,
  (cases) => {
    for (const { truth, probabilities, ...expected } of cases) {
      const metrics = metricsOf([truth], [probabilities]);
      const { miou, pixelAccuracy } = metrics.values();
      expect(pixelAccuracy).toBeCloseTo(expected.accuracy, 9);
      expect([...metrics.confusion.counts]).toEqual(expected.confusion.flat());
      // The Jaccard index by scikit-learn's precision and recall: 1 / J = 1 / P + 1 / R - 1.
      const ious = expected.precision.map((p, at) => {
        const recall = expected.recall[at];
        return p * recall === 0 ? 0 : 1 / (1 / p + 1 / recall - 1);
      });
      const seen = ious.filter((_, at) =>
        expected.confusion.some((row, truth) => (truth === at ? row.some(Boolean) : row[at] > 0)),
      );
      expect(miou).toBeCloseTo(seen.reduce((sum, iou) => sum + iou, 0) / seen.length, 9);
      for (const [at, { iou, precision, recall }] of metrics.outputs().entries()) {
        expect(precision).toBeCloseTo(expected.precision[at], 9);
        expect(recall).toBeCloseTo(expected.recall[at], 9);
        if (!Number.isNaN(iou)) expect(iou).toBeCloseTo(ious[at], 9);
      }
    }
  },
);

test("counts add up over images; pixels of 255 do not count, whatever is said of them", () => {
  const [first, second] = [
    [2, 1, 0],
    [0, 3, 1],
  ];
  const metrics = metricsOf(
    [
      [0, 1, IGNORED],
      [1, IGNORED, 1],
    ],
    [
      [first, first, second],
      [second, second, second],
    ],
  );
  expect([...metrics.confusion.counts]).toEqual([1, 0, 0, 1, 2, 0, 0, 0, 0]);
  expect(metrics.values()).toEqual({ miou: (1 / 2 + 2 / 3) / 2, pixelAccuracy: 0.75 });
  const [, one, two] = metrics.outputs();
  expect(one).toMatchObject({ name: "class 1", support: 3, iou: 2 / 3, recall: 2 / 3 });
  expect(two).toMatchObject({ support: 0, iou: Number.NaN });
});

test("a class that is only said counts 0, one that is neither there nor said does not count", () => {
  const { miou } = metricsOf(
    [[0, 0]],
    [
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ],
  ).values();
  expect(miou).toBe((1 / 2 + 0) / 2);
});

test("at a tie the lower class is said", () => {
  expect([
    ...metricsOf(
      [[1, 0]],
      [
        [
          [5, 5],
          [5, 5],
        ],
      ],
    ).confusion.counts,
  ]).toEqual([1, 0, 1, 0]);
});
