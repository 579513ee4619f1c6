// Losses: one number for each row of a batch, [n]. A task takes their mean.

import {
  abs,
  add,
  constant,
  div,
  exp,
  log,
  logSoftmax,
  min,
  mul,
  neg,
  reduceSum,
  relu,
  sqrt,
  sub,
  type Value,
} from "../graph/index.js";
import { formatShape, sameShape } from "../tensor/shape.js";

/** Options of a classification loss. */
export interface LossOptions {
  /** Share of the target spread evenly over all classes (Szegedy 2015, arXiv 1512.00567); default 0. */
  readonly smoothing?: number;
}

/** Outputs [n, ...] and targets of the same shape to the loss of each row [n]. */
export type Loss = (outputs: Value, targets: Value, options?: LossOptions) => Value;

/** Keeps the length of a row away from 0. */
const TINY = 1e-12;

function expectSameShape(loss: string, outputs: Value, targets: Value): void {
  if (!sameShape(outputs.shape, targets.shape)) {
    throw new RangeError(
      `${loss}: outputs ${formatShape(outputs.shape)} and targets ${formatShape(targets.shape)} differ`,
    );
  }
}

/** Mean over all axes but the first. */
function rowMean(x: Value): Value {
  const rest = x.shape.slice(1);
  const count = rest.reduce((product, size) => product * size, 1);
  const axes = rest.map((_, axis) => axis + 1);
  return mul(reduceSum(x, axes), constant(x.graph, 1 / count));
}

/** Targets with a share of each spread evenly over its row. */
const smoothed = (targets: Value, smoothing: number): Value =>
  smoothing === 0
    ? targets
    : add(
        mul(targets, constant(targets.graph, 1 - smoothing)),
        constant(targets.graph, smoothing / targets.shape[1]),
      );

/**
 * -sum(targets * log(softmax(logits))) for rows of class probabilities, [n, classes] to [n]. `smoothing`,
 * by default 0, spreads that share of each target evenly over all classes.
 *
 * @throws RangeError when logits and targets have different shapes, as every loss does.
 * @example
 * const graph = new Graph();
 * graph.output("loss", softmaxCrossEntropy(input(graph, "x", [1, 2]), input(graph, "t", [1, 2])));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { x: Float32Array.of(0, 0), t: Float32Array.of(1, 0) };
 * (await program.run({ inputs })).loss[0].toFixed(4); // "0.6931"
 */
export const softmaxCrossEntropy: Loss = (logits, targets, { smoothing = 0 } = {}) => {
  expectSameShape("softmaxCrossEntropy", logits, targets);
  return neg(reduceSum(mul(smoothed(targets, smoothing), logSoftmax(logits)), [1]));
};

/**
 * 1 - the cosine between outputs and targets of a row (Barz and Denzler 2020, WACV, arXiv 1901.09054), for targets of length 1
 * as those of one class are: [n, classes] to [n]. The length of the outputs does not count. `smoothing` as for
 * {@link softmaxCrossEntropy}.
 *
 * @example
 * const graph = new Graph();
 * graph.output("loss", cosineLoss(input(graph, "x", [1, 2]), input(graph, "t", [1, 2])));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { x: Float32Array.of(3, 4), t: Float32Array.of(0, 1) };
 * (await program.run({ inputs })).loss[0].toFixed(4); // "0.2000"
 */
export const cosineLoss: Loss = (outputs, targets, { smoothing = 0 } = {}) => {
  expectSameShape("cosineLoss", outputs, targets);
  const one = constant(outputs.graph, 1);
  const squares = reduceSum(mul(outputs, outputs), [1], true);
  const length = sqrt(add(squares, constant(outputs.graph, TINY)));
  return sub(one, reduceSum(mul(smoothed(targets, smoothing), div(outputs, length)), [1]));
};

/** Losses of one class per image, by name. */
export const classLosses = {
  "cross-entropy": softmaxCrossEntropy,
  cosine: cosineLoss,
} as const satisfies Readonly<Record<string, Loss>>;

/**
 * -t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)) of each output, in the shape of the outputs; see
 * {@link sigmoidCrossEntropy}.
 */
export function elementwiseSigmoidCrossEntropy(logits: Value, targets: Value): Value {
  expectSameShape("sigmoidCrossEntropy", logits, targets);
  const positive = relu(logits);
  const tail = exp(sub(logits, add(positive, positive)));
  const softplus = add(positive, log(add(constant(logits.graph, 1), tail)));
  return sub(softplus, mul(logits, targets));
}

/**
 * Mean over a row of -t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)), in a form that neither
 * overflows nor, at x = 0, has a kink: m + log(1 + e^(x - 2m)) - x t with m = max(x, 0).
 *
 * @example
 * const graph = new Graph();
 * graph.output("loss", sigmoidCrossEntropy(input(graph, "x", [1, 2]), input(graph, "t", [1, 2])));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { x: Float32Array.of(0, 0), t: Float32Array.of(1, 0) };
 * (await program.run({ inputs })).loss[0].toFixed(4); // "0.6931"
 */
export const sigmoidCrossEntropy: Loss = (logits, targets) =>
  rowMean(elementwiseSigmoidCrossEntropy(logits, targets));

/**
 * Mean squared error: the mean over a row of (output - target)^2.
 *
 * @example
 * const graph = new Graph();
 * graph.output("loss", mse(input(graph, "x", [1, 2]), input(graph, "t", [1, 2])));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { x: Float32Array.of(1, 2), t: Float32Array.of(1, 4) };
 * (await program.run({ inputs })).loss[0].toFixed(4); // "2.0000"
 */
export const mse: Loss = (outputs, targets) => {
  expectSameShape("mse", outputs, targets);
  const error = sub(outputs, targets);
  return rowMean(mul(error, error));
};

/**
 * Mean over a row of e^2 / 2 for |e| <= delta, else delta (|e| - delta / 2) (Huber 1964). Default delta 1.
 *
 * @example
 * const graph = new Graph();
 * graph.output("loss", huber()(input(graph, "x", [1, 2]), input(graph, "t", [1, 2])));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { x: Float32Array.of(0.5, 3), t: Float32Array.of(0, 0) };
 * (await program.run({ inputs })).loss[0].toFixed(4); // "1.3125"
 */
export const huber =
  (delta = 1): Loss =>
  (outputs, targets) => {
    expectSameShape("huber", outputs, targets);
    const { graph } = outputs;
    const error = abs(sub(outputs, targets));
    const inner = min(error, constant(graph, delta));
    return rowMean(mul(inner, sub(error, mul(inner, constant(graph, 0.5)))));
  };
