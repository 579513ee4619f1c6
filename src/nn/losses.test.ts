import { describe, expect, test } from "vitest";
import { runGraph } from "../../test/support/layers.js";
import { gradients, reduceSum } from "../graph/index.js";
import { huber, type Loss, mse, sigmoidCrossEntropy, softmaxCrossEntropy } from "./losses.js";

type Rows = readonly (readonly number[])[];

/** Losses of the rows and the gradient of their sum. */
function evaluate(loss: Loss, outputs: Rows, targets: Rows, smoothing = 0) {
  const shape = [outputs.length, outputs[0].length];
  return runGraph(
    {
      outputs: { shape, values: outputs.flat() },
      targets: { shape, values: targets.flat() },
    },
    (values) => {
      const losses = loss(values.outputs, values.targets, { smoothing });
      const [grad] = gradients(reduceSum(losses), [values.outputs]);
      return { losses, grad };
    },
  );
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 5);
}

describe("softmax cross-entropy", () => {
  const logits = [
    [0, 0, Math.LN2],
    [1000, 0, -1000],
  ];

  test("is -log of the wanted class's share, without overflow", async () => {
    const { losses, grad } = await evaluate(softmaxCrossEntropy, logits, [
      [0, 0, 1],
      [0, 1, 0],
    ]);
    expectClose(losses, [Math.LN2, 1000]);
    expectClose(grad, [0.25, 0.25, -0.5, 1, -1, 0]);
  });

  test("smoothing spreads a share of the target over all classes", async () => {
    const smooth = await evaluate(softmaxCrossEntropy, [logits[0]], [[0, 0, 1]], 0.3);
    const mixed = await evaluate(softmaxCrossEntropy, [logits[0]], [[0.1, 0.1, 0.8]]);
    expectClose(smooth.losses, mixed.losses);
    expectClose(smooth.grad, mixed.grad);
  });

  test("targets of another shape are refused", async () => {
    await expect(
      runGraph(
        {
          x: { shape: [1, 3], values: [1, 2, 3] },
          t: { shape: [1, 2], values: [0, 1] },
        },
        ({ x, t }) => ({ loss: softmaxCrossEntropy(x, t) }),
      ),
    ).rejects.toThrow("outputs [1, 3] and targets [1, 2] differ");
  });
});

describe("sigmoid cross-entropy", () => {
  test("is the mean over a row, without overflow", async () => {
    const { losses } = await evaluate(
      sigmoidCrossEntropy,
      [
        [0, Math.log(3)],
        [1000, -1000],
      ],
      [
        [1, 1],
        [0, 1],
      ],
    );
    expectClose(losses, [(Math.LN2 + Math.log(4 / 3)) / 2, 1000]);
  });

  test("has the gradient sigmoid(x) - t, at 0 too", async () => {
    const { grad } = await evaluate(sigmoidCrossEntropy, [[0, 0, 2, -2]], [[0, 1, 0, 1]]);
    const sigma = 1 / (1 + Math.exp(-2));
    expectClose(
      grad,
      [0.5, -0.5, sigma, -sigma].map((value) => value / 4),
    );
  });
});

test("mean squared error", async () => {
  const { losses, grad } = await evaluate(
    mse,
    [
      [1, 2],
      [0, 0],
    ],
    [
      [0, 4],
      [0, 0],
    ],
  );
  expectClose(losses, [2.5, 0]);
  expectClose(grad, [1, -2, 0, 0]);
});

test("Huber's loss is a parabola with straight arms", async () => {
  const { losses, grad } = await evaluate(huber(2), [[1], [-2], [5], [0]], [[0], [0], [0], [0]]);
  expectClose(losses, [0.5, 2, 8, 0]);
  expectClose(grad, [1, -2, 2, 0]);
});
