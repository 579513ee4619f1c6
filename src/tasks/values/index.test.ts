import { describe, expect, test } from "vitest";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { compileLoss } from "../../../test/support/taskLoss.js";
import { imagesOf, type ValueLabels } from "../../data/index.js";
import type { Task } from "../task.js";
import { values } from "./index.js";
import { scalesOf } from "./scales.js";
import { KNOWN, TARGETS, valueTargets } from "./targets.js";

const unknown = Number.NaN;
const labelsOf = (...of: number[]): ValueLabels => ({
  kind: "values",
  of: Float32Array.from(of),
  names: ["age", "weight"],
});
/** Ages 10, 30; weights 4 and not known. */
const labels = labelsOf(10, 4, 30, unknown);

test("scales are mean and spread of what is known; what never changes has spread 1", () => {
  expect(scalesOf(labels)).toEqual({ mean: [20, 4], std: [10, 1] });
});

describe("targets", () => {
  const maker = valueTargets(labels, scalesOf(labels));

  test("have mean 0 and spread 1, and say which are known", () => {
    const found = fill(maker, planOf([{ image: 1 }, { image: 0 }]));
    expect([...found[TARGETS]]).toEqual([1, 0, -1, 0]);
    expect([...found[KNOWN]]).toEqual([1, 0, 1, 1]);
  });

  test("are mixed as their images are; what is not known of either is not known", () => {
    const found = fill(maker, planOf([{ image: 1 }, { image: 0, mix: [0, 0.75] }]));
    expect([...found[TARGETS]]).toEqual([1, 0, -0.5, 0]);
    expect([...found[KNOWN]]).toEqual([1, 0, 1, 0]);
  });
});

test("the loss is the mean squared error of what is known, training metrics average over the values", async () => {
  const constants = { mean: [20, 4], std: [10, 3] };
  const { inputs } = valueTargets(labels, constants);
  const lossOf = await compileLoss({ task: values as Task, targets: inputs, constants }, [3, 2]);
  const { losses, gradient, tallies } = await lossOf(Float32Array.of(1, 2, 3, 9, 9, 9), {
    [TARGETS]: Float32Array.of(0, 0, 0, 0, 0, 0),
    [KNOWN]: Float32Array.of(1, 1, 1, 0, 0, 0),
  });
  expect([...losses]).toEqual([2.5, 9, 0]);
  for (const [at, slope] of [1 / 3, 2 / 3, 2, 0, 0, 0].entries()) {
    expect(gradient[at]).toBeCloseTo(slope, 6);
  }
  const { mae, rmse } = values.trainMetrics(tallies, 3);
  expect(mae).toBeCloseTo(((10 + 30) / 2 + 6) / 2, 5);
  expect(rmse).toBeCloseTo((Math.sqrt((100 + 900) / 2) + 6) / 2, 5);
});

test("training metrics of a single value are its own", () => {
  expect(values.trainMetrics({ absolute: 6, squared: 20, known: 5 }, 9)).toEqual({
    mae: 1.2,
    rmse: 2,
  });
});

test("decoding gives values in their own units, by name", () => {
  const info = {
    names: labels.names,
    constants: { mean: [20, 4], std: [10, 3] },
    shape: [2],
    size: { height: 1, width: 4 },
  };
  const found = values.decode(Float32Array.of(0, 1, -2, 0), info);
  expect(found).toEqual([{ values: { age: 20, weight: 7 } }, { values: { age: 0, weight: 4 } }]);
  expect(values.row(found[0])).toEqual([
    ["age", 20],
    ["weight", 7],
  ]);
});

test("a value that no training image has is refused by name", () => {
  const images = imagesOf(new Uint8Array(2), { height: 1, width: 1, channels: 1 });
  const dataset = { name: "set", length: 2, channels: 1, images };
  expect(() => values.check({ ...dataset, labels })).not.toThrow();
  expect(() => values.check({ ...dataset, labels: labelsOf(1, unknown, 2, unknown) })).toThrow(
    'set: the value "weight" is not known of any training image',
  );
});
