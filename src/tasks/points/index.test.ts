import { describe, expect, test } from "vitest";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { type PointLabels, ragged } from "../../data/index.js";
import { dotTargets } from "../counting/dots.js";
import { points, pointsTask } from "./index.js";
import { matches, PointMetrics } from "./metrics.js";

const size = { height: 16, width: 16 };
const labelsOf = (...lists: number[][]): PointLabels => ({
  kind: "points",
  of: ragged(new Float32Array(0), lists),
  classes: ["fish"],
});

/** Logits of -3, and of 3 in squares of 3x3 pixels round some. */
function mapOf(...centres: (readonly [number, number])[]): Float32Array {
  const logits = new Float32Array(256).fill(-3);
  for (const [x, y] of centres) {
    for (let v = y - 1; v <= y + 1; v++) logits.fill(3, v * 16 + x - 1, v * 16 + x + 2);
  }
  return logits;
}

describe("what is found", () => {
  const size = { height: 16, width: 16 };
  const info = { names: ["fish"], constants: {}, shape: [1, 16, 16], size };

  test("are the centres of the blobs", () => {
    const [found] = points.decode(mapOf([3, 4], [12, 10]), info);
    expect(found).toMatchObject({
      counts: { fish: 2 },
      points: [
        { class: "fish", x: 3.5, y: 4.5, confidence: expect.closeTo(1 / (1 + Math.exp(-3)), 6) },
        { x: 12.5, y: 10.5 },
      ],
    });
    expect(points.row(found)).toEqual([["fish", 2]]);
    expect(points.things!.rows(found)).toEqual([
      ["fish", expect.closeTo(0.953, 3), 3.5, 4.5],
      ["fish", expect.closeTo(0.953, 3), 12.5, 10.5],
    ]);
  });

  test("from a confidence on", () => {
    const map = mapOf([3, 4], [12, 10]);
    map[3 + 16 * 4] = 5;
    const [found] = points.decode(map, info, { confidence: 0.96 });
    expect(found.counts).toEqual({ fish: 1 });
    expect(found.points).toMatchObject([{ x: 3.5, y: 4.5 }]);
  });

  test("is told in pixels of the image", () => {
    const [found] = points.decode(mapOf([3, 4]), info);
    // The net saw the middle of an image of 64 x 32, half as large.
    const placed = points.placed!(found, [2, 0, 16.5, 0, 2, 0.5]);
    expect(placed.points).toMatchObject([{ x: 16 + 7, y: 9, class: "fish" }]);
    expect(points.placed!({ counts: { fish: 0 }, points: [] }, [2, 0, 0, 0, 2, 0]).points).toEqual(
      [],
    );
  });
});

test("errors of counts and shares of what is found, over all images", () => {
  const labels = labelsOf([3.5, 4.5, 0, 12.5, 10.5, 0], [8, 8, 0]);
  const targets = fill(dotTargets(labels, {}, size), planOf([{ image: 0 }, { image: 1 }], size));
  const metrics = new PointMetrics(labels, size);
  // The first image: one right, one missed; the second: one far off and one right.
  const output = Float32Array.from([...mapOf([4, 4]), ...mapOf([8, 8], [14, 1])]);
  metrics.add(output, Int32Array.of(0, 1), targets);
  expect(metrics.values()).toMatchObject({ mae: 1, rmse: 1, f1: expect.closeTo(4 / 6, 6) });
  expect(metrics.outputs()).toMatchObject([
    { name: "fish", support: 3, bias: 0, precision: 2 / 3, recall: 2 / 3 },
  ]);
});

test("each point is found once, by the nearest", () => {
  const at = (x: number) => ({ x, y: 0 });
  expect(matches([at(0), at(1)], [at(0.4)], 8)).toBe(1);
  // The nearest pair goes first, though the two others would make two.
  expect(matches([at(0), at(3)], [at(2), at(10)], 8)).toBe(1);
  expect(matches([at(0)], [at(8), at(9)], 8)).toBe(1);
  expect(matches([at(0)], [at(8.5)], 8)).toBe(0);
  expect(matches([], [at(0)], 8)).toBe(0);
});

describe("without a term of its loss", () => {
  const labels = labelsOf([3.5, 4.5, 0]);
  const targets = fill(dotTargets(labels, {}, size), planOf([{ image: 0 }], size));
  // The blob at 12, 10 holds no point.
  const map = mapOf([3, 4], [12, 10]);
  const lossOf = (task: typeof points) => task.hostLoss!(map, targets, 1, {}, size);

  test("the task has a name of its own, and the others stay", () => {
    const without = pointsTask({ without: ["falsePositive"] });
    expect(without.name).toBe("points-without-falsePositive");
    const [all, fewer] = [lossOf(points), lossOf(without)];
    expect(all.losses[0] - fewer.losses[0]).toBeCloseTo(3 + Math.log1p(Math.exp(-3)), 5);
    expect(fewer.gradient[10 * 16 + 12]).toBe(0);
    expect(all.gradient[10 * 16 + 12]).toBeGreaterThan(0);
    expect(fewer.gradient[4 * 16 + 3]).toBe(all.gradient[4 * 16 + 3]);
  });
});

test("terms that are left out are known, and make one task in whatever order", () => {
  expect(pointsTask({ without: ["falsePositive", "split", "split"] }).name).toBe(
    "points-without-split-without-falsePositive",
  );
  expect(() => pointsTask({ without: ["splitt" as "split"] })).toThrow(
    'unknown term "splitt" (did you mean "split"?); known: image, points, split, falsePositive',
  );
});
