import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { compileLoss } from "../../../test/support/taskLoss.js";
import { imagesOf, type TagLabels } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import type { Task } from "../task.js";
import { tags } from "./index.js";
import { KNOWN, TARGETS, tagTargets } from "./targets.js";

const CLASSES = ["red", "big", "old"];
const labelsOf = (...of: number[]): TagLabels => ({
  kind: "tags",
  of: Uint8Array.from(of),
  classes: CLASSES,
});
const question = (images: number) => ({
  task: tags as Task,
  targets: tagTargets(labelsOf(...new Array(3 * images).fill(0))).inputs,
  constants: {},
});

describe("targets", () => {
  const maker = tagTargets(labelsOf(1, 0, 2, 0, 1, 1));

  test("are 1 for a tag that is there, and say which are known", () => {
    const found = fill(maker, planOf([{ image: 1 }, { image: 0 }]));
    expect([...found[TARGETS]]).toEqual([0, 1, 1, 1, 0, 0]);
    expect([...found[KNOWN]]).toEqual([1, 1, 1, 1, 1, 0]);
  });

  test("are mixed as their images are; what is not known of either is not known", () => {
    const mixed = planOf([{ image: 0, mix: [1, 0.75] }, { image: 1 }]);
    const found = fill(maker, mixed);
    expect([...found[TARGETS]]).toEqual([0.75, 0.25, 0, 0, 1, 1]);
    expect([...found[KNOWN]]).toEqual([1, 1, 0, 1, 1, 1]);
  });
});

describe("loss", () => {
  test("is the mean over the known tags, and its gradient leaves the others alone", async () => {
    const lossOf = await compileLoss(question(2), [2, 3]);
    const { losses, gradient, tallies } = await lossOf(Float32Array.of(0, 1, 9, 5, 5, 5), {
      [TARGETS]: Float32Array.of(1, 0, 0, 0, 0, 0),
      [KNOWN]: Float32Array.of(1, 1, 0, 0, 0, 0),
    });
    expect(losses[0]).toBeCloseTo((Math.log(2) + Math.log(1 + Math.E)) / 2, 6);
    expect(losses[1]).toBe(0);
    expect(gradient[0]).toBeCloseTo(-1 / 8, 6);
    expect([...gradient.subarray(2)]).toEqual([0, 0, 0, 0]);
    expect(tags.trainMetrics(tallies, 2)).toEqual({ subsetAccuracy: 0 });
  });

  test("smoothing draws targets to the middle", async () => {
    const lossOf = await compileLoss(question(1), [1, 3], 0.2);
    const known = { [TARGETS]: Float32Array.of(1, 0, 0), [KNOWN]: Float32Array.of(1, 1, 0) };
    const { losses } = await lossOf(Float32Array.of(1, 1, 0), known);
    // Targets 0.9 and 0.1 at the logit 1: softplus(1) - target.
    expect(losses[0]).toBeCloseTo(Math.log(1 + Math.E) - 0.5, 6);
    const plain = await (await compileLoss(question(1), [1, 3]))(Float32Array.of(1, 2, 0), known);
    expect(plain.losses[0]).toBeCloseTo(
      (Math.log(1 + Math.E) - 1 + Math.log(1 + Math.E ** 2)) / 2,
      6,
    );
  });

  test("training counts as an evaluation does, to the last bit of a logit", async () => {
    const lossOf = await compileLoss(question(4), [4, 3]);
    const logit = fc.oneof(fc.constantFrom(0, -0, 1e-30, -1e-30), fc.float({ noNaN: true }));
    const times = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(times(logit), times(fc.nat(2)), async (values, of) => {
        const labels = labelsOf(...of);
        const output = Float32Array.from(values);
        const targets = fill(tagTargets(labels), planOf([0, 1, 2, 3].map((image) => ({ image }))));
        const { tallies } = await lossOf(output, targets);
        const metrics = tags.newMetrics(labels, {}, { height: 1, width: 1 });
        metrics.add(output, Int32Array.of(0, 1, 2, 3), targets);
        const { subsetAccuracy } = metrics.values();
        expect(tags.trainMetrics(tallies, 4)).toEqual({ subsetAccuracy });
      }),
      { numRuns: 100 },
    );
  });
});

test("decoding says a tag from a logit of 0 on, and how sure the least certain one is", () => {
  const info = { names: CLASSES, constants: {}, shape: [3], size: { height: 1, width: 4 } };
  const logits = Float32Array.of(-3, -1, -2, 0, 2, -1e-30);
  const [second, first] = tags.decode(logits, info);
  expect(first).toEqual({
    tags: ["red", "big"],
    confidence: 0.5,
    probabilities: { red: 0.5, big: expect.closeTo(1 / (1 + Math.exp(-2)), 6), old: 0.5 },
  });
  expect(second.tags).toEqual([]);
  expect(tags.decode(logits, info, { confidence: 0.26 })[0].tags).toEqual(["big"]);
  expect(second.confidence).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  expect(tags.row(first)).toEqual([
    ["tags", "red;big"],
    ...Object.entries(first.probabilities as Record<string, number>),
  ]);
});

test("confidence is that of the answers that are given: a tag said at 0.2 is as likely as that", () => {
  const constants = { thresholds: [0.1, 0.5, 0.5] };
  const info = { names: CLASSES, constants, shape: [3], size: { height: 1, width: 4 } };
  const [found] = tags.decode(Float32Array.of(Math.log(0.25), 5, -5), info);
  expect(found).toMatchObject({ tags: ["red", "big"], confidence: expect.closeTo(0.2, 6) });
  expect(tags.decisions!({ ...constants, oneOf: [-1, 0, 0] }, CLASSES)).toEqual([["red", 0.1]]);
});

test("a tag that no training image has is refused by name", () => {
  const dataset = (labels: TagLabels) => ({
    name: "set",
    length: 2,
    channels: 1,
    images: imagesOf(new Uint8Array(2), { height: 1, width: 1, channels: 1 }),
    labels,
  });
  expect(() => tags.check(dataset(labelsOf(1, 0, 1, 0, 1, 0)))).not.toThrow();
  expect(() => tags.check(dataset(labelsOf(1, 0, 1, 1, 2, 0)))).toThrow(InputError);
  expect(() => tags.check(dataset(labelsOf(1, 0, 1, 1, 2, 0)))).toThrow('has the tag "big"');
});
