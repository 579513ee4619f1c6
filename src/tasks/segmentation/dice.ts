// The soft Dice loss: how little of an image's masks and of what a net takes for them lies in both. It counts each class
// alike, however few pixels are of it. Milletari et al. 2016, "V-Net", arXiv 1606.04797.

import {
  add,
  constant,
  div,
  exp,
  expand,
  logSoftmax,
  max,
  mul,
  reduceSum,
  reshape,
  step,
  sub,
  type Value,
} from "../../graph/index.js";

/**
 * The soft Dice loss of each image [n]: 1 - 2 sum(p t) / (sum(p^2) + sum(t^2)) with p the probabilities of a class and t
 * its mask, summed over the pixels that count, and averaged over the classes that the image shows. A class that it does
 * not show has no share of its own: what is taken for it wrongly is missing in another one. An image without pixels that
 * count has the loss 0.
 *
 * Images are taken one by one, not pooled over the batch, so that the loss of one does not depend on its neighbours, and
 * micro-batches add up to the batch.
 *
 * @param rows logits [n * pixels, classes]
 * @param own the class of each pixel as a row of zeros and a one, or of zeros where it does not count
 * @param counts 1 for each pixel that counts, else 0 [n * pixels]
 */
export function softDice(rows: Value, own: Value, counts: Value, images: number): Value {
  const { graph } = rows;
  const [pixels, classes] = rows.shape;
  const counting = expand(reshape(counts, [pixels, 1]), rows.shape);
  const probabilities = mul(exp(logSoftmax(rows)), counting);
  const sums = (of: Value) => reduceSum(reshape(of, [images, pixels / images, classes]), [1]);
  const shown = sums(own);
  const both = sums(mul(probabilities, own));
  const squares = add(sums(mul(probabilities, probabilities)), shown);
  const twice = mul(both, constant(graph, 2));
  const one = constant(graph, 1);
  // Squares of a class that is shown come to 1 at least; of the others nothing is kept.
  const missed = sub(one, div(twice, max(squares, one)));
  const present = step(shown);
  const missing = reduceSum(mul(present, missed), [1]);
  return div(missing, max(reduceSum(present, [1]), one));
}
