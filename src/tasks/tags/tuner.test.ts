import { expect, test } from "vitest";
import type { TagLabels } from "../../data/index.js";
import { tags } from "./index.js";
import { fOfImages, tuneThresholds } from "./thresholds.js";

const size = { height: 1, width: 1 };
const logitOf = (p: number) => Math.log(p / (1 - p));
const probabilities = [0.31, 0.91, 0.11, 0.21, 0.47, 0.61, 0.35, 0.05];
const labels: TagLabels = {
  kind: "tags",
  of: Uint8Array.of(1, 1, 0, 0, 1, 0, 1, 0),
  classes: ["a", "b"],
};
const output = Float32Array.from(probabilities, logitOf);

function chosen(of = labels) {
  const tuner = tags.newTuner!(of, {}, size);
  tuner.add(output.subarray(0, 6), 0);
  tuner.add(output.subarray(6), 3);
  return tuner.constants();
}

test("thresholds are those of the best mean F2, whatever the batches", () => {
  const truth = labels.of;
  expect(chosen()).toEqual({ thresholds: tuneThresholds({ probabilities, truth, tags: 2 }) });
});

test("decoder and metrics go by what was chosen", () => {
  const constants = chosen();
  const info = { names: labels.classes, constants, shape: [2], size };
  const said = tags.decode(output, info).map(({ tags }) => tags);
  expect(said).toEqual([["a", "b"], [], ["a"], ["a"]]);
  const metrics = tags.newMetrics(labels, constants, size);
  metrics.add(output, Int32Array.of(0, 1, 2, 3), {});
  const judged = { probabilities, truth: labels.of, tags: 2 };
  expect(metrics.values().f2).toBeCloseTo(fOfImages(judged, constants.thresholds), 12);
  const plain = tags.newMetrics(labels, {}, size);
  plain.add(output, Int32Array.of(0, 1, 2, 3), {});
  expect(plain.values().f2).toBeCloseTo(fOfImages(judged, [0.5, 0.5]), 12);
});

test("a tag that is not known chooses nothing", () => {
  const unknown = { ...labels, of: labels.of.map((value, at) => (at % 2 === 1 ? 2 : value)) };
  const [a, b] = chosen(unknown).thresholds;
  expect(a).toBeLessThan(0.3);
  expect(b).toBe(0.5);
});
