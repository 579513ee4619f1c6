// Losses that count some classes, and what is hard, for more: weights of classes, and the focal loss (Lin et al. 2017,
// "Focal loss for dense object detection", arXiv 1708.02002).

import {
  add,
  concat,
  constant,
  exp,
  expand,
  logSoftmax,
  max,
  mul,
  neg,
  pow,
  reduceSum,
  reshape,
  sigmoid,
  sub,
  type Value,
} from "../graph/index.js";
import { elementwiseSigmoidCrossEntropy } from "../nn/index.js";

/** How the terms of a loss are weighed. */
export interface Weighting {
  /** One for each output; default 1. */
  readonly weights?: readonly number[];
  /** The exponent of the focal loss; default 0, which is the plain one. */
  readonly focal?: number;
}

/** Bases of powers are kept above 0, where their derivative ends. */
const SMALLEST = 1e-7;

export const isPlain = ({ weights, focal = 0 }: Weighting): boolean =>
  weights === undefined && focal === 0;

/** A number for each column, as rows of the shape of `like` [n, columns]. */
export function rowsOf(like: Value, numbers: readonly number[]): Value {
  const cells = numbers.map((value) => reshape(constant(like.graph, value), [1, 1]));
  return expand(cells.length === 1 ? cells[0] : concat(cells, 1), like.shape);
}

/** Class probabilities with a share of each spread evenly over the classes. */
export function smoothed(targets: Value, smoothing = 0): Value {
  if (smoothing === 0) return targets;
  const { graph, shape } = targets;
  return add(mul(targets, constant(graph, 1 - smoothing)), constant(graph, smoothing / shape[1]));
}

/** (1 - p)^gamma of probabilities: 1 for what is hard, 0 for what is certain. */
export function focus(probabilities: Value, gamma: number): Value {
  const { graph } = probabilities;
  const rest = max(sub(constant(graph, 1), probabilities), constant(graph, SMALLEST));
  return pow(rest, constant(graph, gamma));
}

/**
 * Weighted focal cross-entropy of rows of logits [n, classes] against rows of class probabilities: the sum over classes
 * of -w t (1 - p)^gamma log(p), [n]. With weights alone it is torch's `cross_entropy(weight=...)` of each row, not
 * divided by the sum of the weights.
 */
export function weightedCrossEntropy(
  logits: Value,
  targets: Value,
  { weights, focal = 0 }: Weighting,
): Value {
  const logs = logSoftmax(logits);
  const weighed = weights ? mul(targets, rowsOf(logits, weights)) : targets;
  const focused = focal === 0 ? weighed : mul(weighed, focus(exp(logs), focal));
  return neg(reduceSum(mul(focused, logs), [1]));
}

/**
 * Weighted focal cross-entropy of independent outputs [n, tags], in their shape: -w t (1 - p)^gamma log(p)
 * - (1 - t) p^gamma log(1 - p). With weights alone it is torch's `binary_cross_entropy_with_logits(pos_weight=...)`.
 */
export function weightedSigmoidCrossEntropy(
  logits: Value,
  targets: Value,
  { weights, focal = 0 }: Weighting,
): Value {
  const one = constant(logits.graph, 1);
  const ones = expand(one, logits.shape);
  const present = elementwiseSigmoidCrossEntropy(logits, ones);
  const absent = elementwiseSigmoidCrossEntropy(logits, mul(ones, constant(logits.graph, 0)));
  const weighed = weights ? mul(targets, rowsOf(logits, weights)) : targets;
  const probabilities = sigmoid(logits);
  const focused = (terms: Value, of: Value) => (focal === 0 ? terms : mul(terms, focus(of, focal)));
  return add(
    focused(mul(weighed, present), probabilities),
    focused(mul(sub(one, targets), absent), sub(one, probabilities)),
  );
}
