import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addInHalves } from "../../../test/support/addInHalves.js";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { compileLoss } from "../../../test/support/taskLoss.js";
import type { TagLabels } from "../../data/index.js";
import type { Task } from "../task.js";
import { groupsOf, savedGroups } from "./groups.js";
import { tags } from "./index.js";
import { TagMetrics } from "./metrics.js";
import { KNOWN, TARGETS, tagTargets } from "./targets.js";

// The group is not in a row, so that a wrong column shows.
const classes = ["clear", "road", "haze", "river", "cloudy"];
const WEATHER = [0, 2, 4];
const labelsOf = (...of: number[]): TagLabels => ({
  kind: "tags",
  of: Uint8Array.from(of),
  classes,
  oneOf: [WEATHER],
});
const constants = savedGroups(labelsOf());
const size = { height: 1, width: 1 };
const softplus = (z: number) => Math.log(1 + Math.exp(z));
const question = {
  task: tags as Task,
  targets: tagTargets(labelsOf(0, 0, 0, 0, 0), constants).inputs,
  constants,
};

test("groups are saved as a number for each tag, and labels without any save nothing", () => {
  expect(constants).toEqual({ oneOf: [0, -1, 0, -1, 0] });
  expect(groupsOf(constants)).toEqual([WEATHER]);
  expect(savedGroups({ kind: "tags", of: new Uint8Array(0), classes })).toEqual({});
  expect(groupsOf({})).toEqual([]);
});

test("a group is known as a whole, where one of it is there, of both images if they are mixed", () => {
  const maker = tagTargets(labelsOf(1, 1, 0, 2, 0, 2, 0, 2, 1, 2, 0, 1, 0, 0, 1), constants);
  const plan = planOf([{ image: 0, mix: [2, 0.75] }, { image: 1, mix: [0, 0.5] }, { image: 2 }]);
  const { [TARGETS]: targets, [KNOWN]: known } = fill(maker, plan);
  expect([...targets.subarray(0, 5)]).toEqual([0.75, 1, 0, 0, 0.25]);
  expect([...known.subarray(0, 5)]).toEqual([1, 1, 1, 0, 1]);
  expect([...known.subarray(5, 10)]).toEqual([0, 1, 0, 0, 0]);
  expect([...targets.subarray(10)]).toEqual([0, 1, 0, 0, 1]);
});

test("the loss is the mean of a softmax for the group and a sigmoid for each other tag", async () => {
  const lossOf = await compileLoss(question, [2, 5]);
  const output = Float32Array.of(1, 0.5, 2, -1, 0, 3, 0.5, 1, -1, 2);
  const labels = labelsOf(0, 1, 1, 0, 0, 2, 1, 2, 0, 2);
  const targets = fill(tagTargets(labels, constants), planOf([{ image: 0 }, { image: 1 }]));
  const { losses, gradient } = await lossOf(output, targets);
  const alone = softplus(0.5) - 0.5 + softplus(-1);
  const group = Math.log(Math.exp(1) + Math.exp(2) + 1) - 2;
  expect(losses[0]).toBeCloseTo((alone + group) / 3, 6);
  // Nothing is known of the second image's weather, and nothing is learnt of it.
  expect(losses[1]).toBeCloseTo(alone / 2, 6);
  for (const tag of WEATHER) expect(gradient[5 + tag]).toBe(0);
  const haze = Math.exp(2) / (Math.exp(1) + Math.exp(2) + 1);
  expect(gradient[2]).toBeCloseTo((haze - 1) / 3 / 2, 6);
});

test("weights, focus and smoothing reach every tag's own column", async () => {
  const weights = [1, 2, 3, 4, 5];
  const graphOf = async (options: object) => {
    const weighed = {
      ...tags,
      loss: (...[output, targets, given]: Parameters<NonNullable<typeof tags.loss>>) =>
        tags.loss!(output, targets, { ...given, ...options }),
    };
    return compileLoss({ ...question, task: weighed as Task }, [1, 5]);
  };
  const labels = labelsOf(0, 1, 1, 1, 0);
  const targets = fill(tagTargets(labels, constants), planOf([{ image: 0 }]));
  const output = Float32Array.of(1, 0.5, 2, -1, 0);
  const group = Math.log(Math.exp(1) + Math.exp(2) + 1) - 2;
  const { losses } = await (await graphOf({ weights }))(output, targets);
  const expected = 3 * group + 2 * softplus(-0.5) + 4 * softplus(1);
  expect(losses[0]).toBeCloseTo(expected / 3, 5);
  const { losses: focused } = await (await graphOf({ focal: 2 }))(output, targets);
  const term = (loss: number) => (1 - Math.exp(-loss)) ** 2 * loss;
  const hard = term(group) + term(softplus(-0.5)) + term(softplus(1));
  expect(focused[0]).toBeCloseTo(hard / 3, 5);
  const { losses: smooth } = await (await graphOf({ smoothing: 0.3 }))(output, targets);
  const mixed = 0.8 * group + 0.1 * (group + 1) + 0.1 * (group + 2);
  const sides = softplus(0.5) - 0.85 * 0.5 + softplus(-1) + 0.85;
  expect(smooth[0]).toBeCloseTo((mixed + sides) / 3, 5);
});

describe("what is said", () => {
  const info = { names: classes, constants, shape: [5], size };

  test("is the likeliest tag of a group, the first of equal ones, and the others by themselves", () => {
    const [sure, tied] = tags.decode(Float32Array.of(-5, 1, -4, -1, -9, 2, -1, 0, -2, 2), info);
    expect(sure.tags).toEqual(["road", "haze"]);
    expect(tied.tags).toEqual(["clear"]);
    const [only] = tags.decode(Float32Array.of(-5, 1, -4, -1, -9), info, { confidence: 0.99 });
    expect(only.tags).toEqual(["haze"]);
  });

  test("has probabilities of a group that sum to 1, and is as sure as its likeliest", () => {
    const [{ probabilities, confidence }] = tags.decode(
      Float32Array.of(Math.log(2), 9, Math.log(5), -9, Math.log(3)),
      info,
    );
    const { clear, haze, cloudy } = probabilities as Record<string, number>;
    expect([clear, haze, cloudy]).toEqual([0.2, 0.5, 0.3].map((p) => expect.closeTo(p, 6)));
    expect(confidence).toBeCloseTo(0.5, 6);
  });

  test("is counted by metrics, and by training to the last bit", async () => {
    const lossOf = await compileLoss(question, [4, 5]);
    const logit = fc.oneof(
      fc.constantFrom(0, -0, 1, 1e-30, -1e-30),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    );
    const row = fc.tuple(fc.nat(3), fc.nat(2), fc.nat(2)).map(([one, road, river]) => {
      const of = WEATHER.map((_, at) => (one === 3 ? 2 : Number(at === one)));
      return [of[0], road, of[1], river, of[2]];
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(logit, { minLength: 20, maxLength: 20 }),
        fc.array(row, { minLength: 4, maxLength: 4 }),
        async (values, rows) => {
          const labels = labelsOf(...rows.flat());
          const output = Float32Array.from(values);
          const plan = planOf([0, 1, 2, 3].map((image) => ({ image })));
          const targets = fill(tagTargets(labels, constants), plan);
          const { tallies } = await lossOf(output, targets);
          const metrics = tags.newMetrics(labels, constants, size);
          metrics.add(output, Int32Array.of(0, 1, 2, 3), targets);
          const { subsetAccuracy } = metrics.values();
          expect(tags.trainMetrics(tallies, 4)).toEqual({ subsetAccuracy });
        },
      ),
      { numRuns: 100 },
    );
  });
});

test("consistent is the share of images that say one tag of each group; a net with the group always does", () => {
  const labels = labelsOf(1, 0, 0, 0, 0, 0, 0, 1, 0, 0);
  const logits = [
    [1, -1, 1, -1, -1],
    [-1, 1, 1, -1, -1],
  ];
  const plain = addInHalves(new TagMetrics(labels), logits).values();
  expect(plain).toMatchObject({ consistent: 0.5, subsetAccuracy: 0 });
  const grouped = addInHalves(new TagMetrics(labels, constants), logits).values();
  expect(grouped).toMatchObject({ consistent: 1, subsetAccuracy: 0.5 });
  const { oneOf: _, ...alone } = labels;
  expect(addInHalves(new TagMetrics(alone, constants), logits).values()).not.toHaveProperty(
    "consistent",
  );
});

test("thresholds are chosen for the tags outside of groups; a group's stay as they are", () => {
  const labels = labelsOf(1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1);
  const output = Float32Array.of(2, -1, 1, -4, 0, -3, -0.9, -2, -4, -9, 0, -3, 0, -1, 1);
  const tuner = tags.newTuner!(labels, constants, size);
  tuner.add(output.subarray(0, 5), 0);
  tuner.add(output.subarray(5), 1);
  const { thresholds } = tuner.constants();
  expect(WEATHER.map((tag) => thresholds[tag])).toEqual([0.5, 0.5, 0.5]);
  const metrics = tags.newMetrics(labels, { ...constants, thresholds }, size);
  metrics.add(output, Int32Array.of(0, 1, 2), {});
  expect(metrics.values().f2).toBe(1);
});
