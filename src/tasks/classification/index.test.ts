import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fill, planOf } from "../../../test/support/batchPlan.js";
import { classLabels, targetInputs } from "../../../test/support/questions.js";
import { compileLoss } from "../../../test/support/taskLoss.js";
import { imagesOf } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import type { Task } from "../task.js";
import { countTopK } from "./confusion.js";
import { classification } from "./index.js";
import { classTargets, ORDER, TARGETS } from "./targets.js";

const ROWS = 6;
const CLASSES = 4;
const SIZE = { height: 1, width: 1 };

/** Targets of images of these classes; those with a partner are mixed with it. */
function targetsOf(own: readonly number[], mixed: readonly (readonly [number, number])[]) {
  const places = mixed.map((mix, image) => ({ image, ...(mix[1] < 1 && { mix }) }));
  return fill(classTargets(classLabels(own, CLASSES)), planOf(places)) as Record<
    string,
    Float32Array
  >;
}

test("what the graph counts as right is what the host does, ties and mixed images too", async () => {
  const lossOf = await compileLoss(
    {
      task: classification as Task,
      targets: classTargets(classLabels([], CLASSES)).inputs,
      constants: {},
    },
    [ROWS, CLASSES],
  );
  const small = fc.integer({ min: -1, max: 1 });
  const mix = fc.tuple(fc.nat(ROWS - 1), fc.constantFrom(0, 0.25, 0.5, 0.75, 1));
  const times = <T>(each: fc.Arbitrary<T>, count: number) =>
    fc.array(each, { minLength: count, maxLength: count });
  await fc.assert(
    fc.asyncProperty(
      times(fc.oneof(small, fc.float({ noNaN: true, noDefaultInfinity: true })), ROWS * CLASSES),
      times(fc.nat(CLASSES - 1), ROWS),
      times(mix, ROWS),
      async (values, own, mixed) => {
        const logits = Float32Array.from(values);
        const { tallies } = await lossOf(logits, targetsOf(own, mixed));
        expect(tallies.correct).toBe(countTopK(logits, own, CLASSES, 1));
      },
    ),
    { numRuns: 200 },
  );
});

describe("targets", () => {
  test("are one for the own class, and shared with the partner's where images are mixed", () => {
    const { [TARGETS]: targets, [ORDER]: order } = targetsOf(
      [0, 1, 2, 3, 3, 3],
      [
        [0, 1],
        [2, 0.75],
        [3, 0.25],
        [4, 0.5],
        [0, 1],
        [1, 0],
      ],
    );
    const rows = (of: Float32Array) =>
      Array.from({ length: ROWS }, (_, at) => [...of.subarray(at * CLASSES, (at + 1) * CLASSES)]);
    expect(rows(targets)).toEqual([
      [1, 0, 0, 0],
      [0, 0.75, 0.25, 0],
      [0, 0, 0.25, 0.75],
      [0, 0, 0, 1],
      [0, 0, 0, 1],
      [0, 1, 0, 0],
    ]);
    expect(rows(order)).toEqual([
      [0, -1, -1, -1],
      [1, 0, -1, -1],
      [1, 1, 0, -1],
      [1, 1, 1, 0],
      [1, 1, 1, 0],
      [1, 1, 1, 0],
    ]);
  });

  test("of plain images are those that the tests bind", () => {
    const plain = targetsOf([3, 2, 1, 0, 1, 2], new Array(ROWS).fill([0, 1]));
    expect(targetInputs(plain[TARGETS], CLASSES)).toEqual(plain);
  });
});

describe("decoding", () => {
  const names = ["ant", "bee", "cat"];
  const info = { names, constants: {}, shape: [3], size: { height: 1, width: 4 } };

  test("names the likeliest class first, the lower one at a tie", () => {
    const [first, second] = classification.decode(Float32Array.of(0, 2, 1, 5, 5, 5), info);
    const e = Math.exp(1);
    expect(first).toEqual({
      class: "bee",
      confidence: expect.closeTo(e ** 2 / (1 + e + e ** 2), 6),
      classes: ["bee", "cat", "ant"].map((name) => ({
        class: name,
        probability: expect.any(Number),
      })),
    });
    expect(second.class).toBe("ant");
    expect(second.confidence).toBeCloseTo(1 / 3, 6);
  });

  test("names as many as are asked for", () => {
    const [{ classes }] = classification.decode(Float32Array.of(0, 2, 1), info, { top: 2 });
    expect(classes).toHaveLength(2);
  });
});

test("one class is nothing to tell apart", () => {
  const labels = classLabels([0, 0], 1);
  const images = imagesOf(new Uint8Array(2), { ...SIZE, channels: 1 });
  const dataset = { name: "flat", length: 2, channels: 1, images, labels };
  expect(() => classification.check(dataset)).toThrow(InputError);
  expect(() => classification.check(dataset)).toThrow("flat has 1 class; expected at least two");
});

test("labels are drawn as often as the net takes them to be right", () => {
  const shares = [0.1, 0, 0.6, 0.3];
  const labels = classLabels(new Array(4000).fill(0), CLASSES);
  const outputs = Float32Array.from({ length: 4000 * CLASSES }, (_, at) =>
    Math.log(shares[at % CLASSES]),
  );
  const random = new Random({ seed: 1, purpose: "noise" });
  const { of, classes } = classification.drawn!(labels, outputs, random);
  expect(classes).toEqual(labels.classes);
  for (const [at, share] of shares.entries()) {
    const found = of.filter((one) => one === at).length / of.length;
    expect(Math.abs(found - share)).toBeLessThan(0.03);
  }
});
