// The output of LeNet-5 (1998, sections II.B and II.C): Euclidean radial basis functions around fixed
// codes, and the loss that makes them compete.

import { concat, constant, expand, mul, neg, reduceSum, reshape, sub } from "../../graph/index.js";
import { type Layer, type Loss, softmaxCrossEntropy, values } from "../../nn/index.js";

/**
 * Rows [n, features] to -|x - code_i|^2 for each of the codes, [n, codes]: minus the penalty of 1998,
 * so that the largest output wins. The codes are kept with the net's statistics, which no optimizer
 * changes.
 */
export const rbf =
  (codes: readonly (readonly number[])[]): Layer =>
  (x, scope) => {
    const [batch, features] = x.shape;
    const fixed = scope.param(
      x.graph,
      "codes",
      [codes.length, features],
      values(codes.flat()),
      "statistic",
    );
    const distance = sub(reshape(x, [batch, 1, features]), reshape(fixed, [1, -1, features]));
    return neg(reduceSum(mul(distance, distance), [2]));
  };

/**
 * Equation 9 of 1998: y_c + log(e^-j + sum_i e^-y_i) for penalties y, given as logits -y. The level j
 * is the penalty of an imagined class "rubbish"; it bounds how far wrong classes are pushed away, and
 * keeps the net from the trivial solution. In other words: softmax cross-entropy with one more class
 * of logit -j.
 */
export const rubbishCrossEntropy =
  (level: number): Loss =>
  (logits, targets, options) => {
    const column = [logits.shape[0], 1];
    const rubbish = expand(constant(logits.graph, -level), column);
    const never = expand(constant(logits.graph, 0), column);
    return softmaxCrossEntropy(concat([logits, rubbish], 1), concat([targets, never], 1), options);
  };
