import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runGraph } from "../../test/support/layers.js";
import { gradients, reduceSum, type Value } from "../graph/index.js";
import { elementwiseSigmoidCrossEntropy, softmaxCrossEntropy } from "../nn/index.js";
import {
  smoothed,
  type Weighting,
  weightedCrossEntropy,
  weightedSigmoidCrossEntropy,
} from "./weighting.js";

type Rows = readonly (readonly number[])[];
type Loss = (logits: Value, targets: Value) => Value;

function evaluate(loss: Loss, logits: Rows, targets: Rows) {
  const shape = [logits.length, logits[0].length];
  const inputs = {
    logits: { shape, values: logits.flat() },
    targets: { shape, values: targets.flat() },
  };
  return runGraph(inputs, (values) => {
    const losses = loss(values.logits, values.targets);
    const [grad] = gradients(reduceSum(losses), [values.logits]);
    return { losses, grad };
  });
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 5);
}

const classes =
  (weighting: Weighting): Loss =>
  (logits, targets) =>
    weightedCrossEntropy(logits, targets, weighting);
const tags =
  (weighting: Weighting): Loss =>
  (logits, targets) =>
    weightedSigmoidCrossEntropy(logits, targets, weighting);

// Softmax of these is 1/4 and 3/4, sigmoid of ln 3 is 3/4.
const quarter = [[0, Math.log(3)]];

describe("classes", () => {
  test("a weight multiplies the loss of its class", async () => {
    const { losses, grad } = await evaluate(classes({ weights: [4, 1] }), quarter, [[1, 0]]);
    expectClose(losses, [4 * Math.log(4)]);
    expectClose(grad, [4 * (0.25 - 1), 4 * 0.75]);
    const other = await evaluate(classes({ weights: [4, 1] }), quarter, [[0, 1]]);
    expectClose(other.losses, [Math.log(4 / 3)]);
  });

  test("each part of a mixed target has its own weight", async () => {
    const { losses } = await evaluate(classes({ weights: [4, 1] }), quarter, [[0.5, 0.5]]);
    expectClose(losses, [2 * Math.log(4) + 0.5 * Math.log(4 / 3)]);
  });

  test("the focal exponent counts what is easy less", async () => {
    const { losses, grad } = await evaluate(classes({ focal: 2 }), quarter, [[0, 1]]);
    expectClose(losses, [(1 / 16) * Math.log(4 / 3)]);
    // d/dp of -(1 - p)^2 log p at p = 3/4, times dp/dx = p (1 - p).
    const slope = 2 * 0.25 * Math.log(0.75) - 0.0625 / 0.75;
    expectClose(grad, [-slope * 0.1875, slope * 0.1875]);
  });

  test("certain answers have finite gradients", async () => {
    const { losses, grad } = await evaluate(classes({ focal: 0.5 }), [[200, -200]], [[1, 0]]);
    expect([...losses, ...grad].every(Number.isFinite)).toBe(true);
  });
});

describe("tags", () => {
  test("a weight multiplies the loss of a tag that is there", async () => {
    const x = Math.log(3);
    const { losses } = await evaluate(tags({ weights: [5, 5] }), [[x, x]], [[1, 0]]);
    expectClose(losses, [5 * Math.log(4 / 3), Math.log(4)]);
  });

  test("the focal exponent counts what is easy less", async () => {
    const x = Math.log(3);
    const { losses } = await evaluate(tags({ focal: 2 }), [[x, x]], [[1, 0]]);
    expectClose(losses, [(1 / 16) * Math.log(4 / 3), (9 / 16) * Math.log(4)]);
  });
});

test("weights of one and no focus are the plain losses, smoothed or not", async () => {
  const row = fc.tuple(
    fc.double({ min: -9, max: 9, noNaN: true }),
    fc.double({ min: -9, max: 9, noNaN: true }),
  );
  await fc.assert(
    fc.asyncProperty(
      row,
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      async (logits, smoothing) => {
        const one = { weights: [1, 1] };
        const plain = await evaluate(
          (x, t) => softmaxCrossEntropy(x, t, { smoothing }),
          [logits],
          [[1, 0]],
        );
        const weighed = await evaluate(
          (x, t) => weightedCrossEntropy(x, smoothed(t, smoothing), one),
          [logits],
          [[1, 0]],
        );
        expectClose(weighed.losses, plain.losses);
        expectClose(weighed.grad, plain.grad);
        const each = await evaluate(elementwiseSigmoidCrossEntropy, [logits], [[1, 0]]);
        expectClose((await evaluate(tags(one), [logits], [[1, 0]])).losses, each.losses);
      },
    ),
    { numRuns: 30 },
  );
});
