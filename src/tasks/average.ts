// Several outputs about the same images as one, which says the mean of what they say. All are [n, outputs].

import {
  add,
  constant,
  exp,
  log,
  logSoftmax,
  max,
  mul,
  neg,
  sigmoid,
  sub,
  type Value,
} from "../graph/index.js";

/** What is added under a logarithm, so that it stays finite. */
const SMALLEST = 1e-37;

/** The mean of values of one shape. */
export function meanOf(values: readonly Value[]): Value {
  const sum = values.reduce((a, b) => add(a, b));
  return mul(sum, constant(sum.graph, 1 / values.length));
}

const logOf = (value: Value): Value => log(max(value, constant(value.graph, SMALLEST)));

/** Logits whose softmax is the mean of the softmaxes. */
export const averageClasses = (outputs: readonly Value[]): Value =>
  logOf(meanOf(outputs.map((logits) => exp(logSoftmax(logits)))));

/** Logits whose sigmoids are the means of the sigmoids. */
export function averageTags(outputs: readonly Value[]): Value {
  const there = meanOf(outputs.map((logits) => sigmoid(logits)));
  const absent = meanOf(outputs.map((logits) => sigmoid(neg(logits))));
  return sub(logOf(there), logOf(absent));
}
