import { expect, test } from "vitest";
import { addInHalves } from "../../../test/support/addInHalves.js";
import { testGolden } from "../../../test/support/golden.js";
import type { TagLabels } from "../../data/index.js";
import { averagePrecision } from "./averagePrecision.js";
import { TagMetrics } from "./metrics.js";

const labelsOf = (rows: readonly (readonly number[])[]): TagLabels => ({
  kind: "tags",
  of: Uint8Array.from(rows.flat()),
  classes: rows[0].map((_, tag) => String.fromCharCode(97 + tag)),
});

/** Metrics of logits [images][tags], added in two batches. */
const metricsOf = (truth: readonly (readonly number[])[], logits: readonly (readonly number[])[]) =>
  addInHalves(new TagMetrics(labelsOf(truth)), logits);

/** What scikit-learn says of random cases, a tag being said from a probability of 0.5 on. */
interface Golden {
  readonly truth: readonly (readonly number[])[];
  readonly probabilities: readonly (readonly number[])[];
  /** Images without a tag of which none is said: they count 0 there. */
  readonly emptyBoth: number;
  readonly f2Samples: number;
  readonly f1Samples: number;
  readonly f2Macro: number;
  readonly f2Micro: number;
  readonly macroF1: number;
  readonly subsetAccuracy: number;
  readonly map: number;
}

testGolden<Golden>("are those of scikit-learn", "metrics-tags.json.gz", 200, (cases) => {
  expect(cases.filter(({ emptyBoth }) => emptyBoth > 0).length).toBeGreaterThan(10);
  for (const { truth, probabilities, emptyBoth, ...expected } of cases) {
    const logits = probabilities.map((row) => row.map((p) => Math.log(p / (1 - p))));
    const values = metricsOf(truth, logits).values();
    const ours = emptyBoth / truth.length;
    expect(values.f2).toBeCloseTo(expected.f2Samples + ours, 9);
    expect(values.f1).toBeCloseTo(expected.f1Samples + ours, 9);
    expect(values.macroF2).toBeCloseTo(expected.f2Macro, 9);
    expect(values.microF2).toBeCloseTo(expected.f2Micro, 9);
    expect(values.macroF1).toBeCloseTo(expected.macroF1, 9);
    expect(values.subsetAccuracy).toBeCloseTo(expected.subsetAccuracy, 9);
    expect(values.map).toBeCloseTo(expected.map, 9);
  }
});

test("F2 is 5 TP / (5 TP + 4 FN + FP) of each image, 1 where there is and was said nothing", () => {
  const truth = [
    [1, 1, 0],
    [0, 0, 1],
    [0, 0, 0],
    [1, 0, 0],
  ];
  const logits = [
    [1, -1, 1],
    [-1, 1, -1],
    [-1, -1, -1],
    [1, -1, -1],
  ];
  const { f2, f1, subsetAccuracy } = metricsOf(truth, logits).values();
  expect(f2).toBeCloseTo((5 / 10 + 0 + 1 + 1) / 4, 12);
  expect(f1).toBeCloseTo((2 / 4 + 0 + 1 + 1) / 4, 12);
  expect(subsetAccuracy).toBe(0.5);
});

test("a tag is said from a logit of 0 on", () => {
  const told = metricsOf([[1], [0], [1]], [[0], [-1e-20], [-1e-20]]);
  expect(told.values().subsetAccuracy).toBe(2 / 3);
});

test("what is not known does not count: a tag of an image, all tags of one, a tag of all images", () => {
  const known = metricsOf(
    [
      [1, 0],
      [0, 1],
    ],
    [
      [2, -1],
      [1, 1],
    ],
  );
  const more = metricsOf(
    [
      [1, 2, 0],
      [2, 2, 2],
      [0, 2, 1],
    ],
    [
      [2, 1, -1],
      [1, 1, 1],
      [1, -1, 1],
    ],
  );
  expect(more.values()).toEqual(known.values());
  const [first, unknown, last] = more.outputs();
  expect([first, last]).toEqual(known.outputs().map((row, at) => ({ ...row, name: "ac"[at] })));
  expect(unknown).toMatchObject({ support: 0, averagePrecision: Number.NaN });
});

test("each tag has its precision, recall, F1 and support; one that does not occur counts 0 in macro F1 alone", () => {
  const metrics = metricsOf(
    [
      [1, 0],
      [1, 0],
      [0, 0],
      [1, 0],
    ],
    [
      [3, -1],
      [-2, -1],
      [1, -1],
      [-1, -1],
    ],
  );
  expect(metrics.outputs()[0]).toEqual({
    name: "a",
    support: 3,
    precision: 1 / 2,
    recall: 1 / 3,
    f1: 2 / 5,
    averagePrecision: expect.closeTo((1 + 2 / 3 + 3 / 4) / 3, 12),
  });
  expect(metrics.outputs()[1]).toMatchObject({ support: 0, precision: 0, recall: 0, f1: 0 });
  const { macroF1, map } = metrics.values();
  expect(macroF1).toBeCloseTo(1 / 5, 12);
  expect(map).toBeCloseTo((1 + 2 / 3 + 3 / 4) / 3, 12);
});

test("a tag that is known of one image counts", () => {
  const { macroF1 } = metricsOf([[1, 0]], [[1, 1]]).values();
  expect(macroF1).toBe(0.5);
});

test("equal scores share a threshold of the average precision", () => {
  expect(averagePrecision([1, 1, 0], [1, 0, 1])).toBeCloseTo((1 / 2 + 2 / 3) / 2, 12);
  expect(averagePrecision([Number.POSITIVE_INFINITY, 1], [0, 1])).toBe(0.5);
  expect(averagePrecision([1, 2], [0, 0])).toBeNaN();
});

test("nothing known is nothing told", () => {
  expect(metricsOf([[2, 2]], [[1, -1]]).values()).toEqual({
    ...{
      f2: Number.NaN,
      f1: Number.NaN,
      macroF2: Number.NaN,
      microF2: Number.NaN,
      macroF1: Number.NaN,
    },
    ...{ subsetAccuracy: Number.NaN, map: Number.NaN },
  });
});

test("what saying all tags would score, of the tags that are known", () => {
  const truth = [
    [1, 0],
    [0, 0],
    [1, 2],
  ];
  const metrics = metricsOf(truth, [
    [-1, -1],
    [-1, -1],
    [-1, -1],
  ]);
  // F2 of one of two right: 5/6; of none there: 0; of the only known one: 1.
  expect(metrics.constant).toMatchObject({ metric: "f2", says: "all tags" });
  expect(metrics.constant.value).toBeCloseTo((5 / 6 + 0 + 1) / 3, 12);
});
