// Which classes a net ranks ahead of another: one rule at a tie, the lower class goes first.

import { add, constant, mul, reduceSum, step, sub, type Value } from "../graph/index.js";

/**
 * How many classes go ahead of the own one of each row [n]: those of a larger logit and, among equal ones, the lower
 * classes.
 *
 * @param logits [n, classes]
 * @param own logit of the own class [n, 1]
 * @param lower 1 for each class that is lower than the own one, else 0 [n, classes]
 */
export function classesAhead(logits: Value, own: Value, lower: Value): Value {
  const [above, below] = [step(sub(logits, own)), step(sub(own, logits))];
  const tied = sub(sub(constant(logits.graph, 1), above), below);
  return reduceSum(add(above, mul(tied, lower)), [1]);
}

/** The likeliest of the classes of one pixel or image, whose logits lie `stride` apart from `at` on. */
export function likeliest(logits: ArrayLike<number>, classes: number, at = 0, stride = 1): number {
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if (logits[at + k * stride] > logits[at + best * stride]) best = k;
  }
  return best;
}
