// The loss of cells against their targets: focal cross-entropy of the classes (Lin et al. 2017, arXiv 1708.02002),
// generalised intersection over union of the boxes (Rezatofighi et al. 2019, arXiv 1902.09630), and cross-entropy of how
// central a cell is, as FCOS has it (Tian et al. 2019, arXiv 1904.01355).

import {
  add,
  constant,
  div,
  exp,
  max,
  min,
  mul,
  oneHot,
  reduceSum,
  reshape,
  sigmoid,
  slice,
  step,
  sub,
  transpose,
  type Value,
} from "../../graph/index.js";
import { CELL_OUTPUTS } from "../../models/cells.js";
import { elementwiseSigmoidCrossEntropy } from "../../nn/index.js";
import { CENTRE, CLASS, COUNTS, SIDES } from "./targets.js";

/** Weight of a class that is there against one that is not: the focal loss's alpha. */
const ALPHA = 0.25;
/** Weight of the boxes: each cell counts by how central it is, less than 1. */
const BOXES = 2;
/** Logarithm of the largest distance to a side, in strides. */
export const LARGEST = 6;

/** Channels of outputs [n, channels, cells], from one on. */
function channels(output: Value, first: number, count: number): Value {
  const [n, , cells] = output.shape;
  return slice(output, [0, first, 0], [n, count, cells]);
}

/** Sum over all but the first axis. */
const perImage = (x: Value): Value => reduceSum(x, [1, 2]);

/** Focal loss with gamma 2 of logits against 0 and 1, in their shape. */
function focal(logits: Value, targets: Value): Value {
  const { graph } = logits;
  const number = (value: number) => constant(graph, value);
  const p = sigmoid(logits);
  // How far the probability is from the target.
  const miss = sub(add(p, targets), mul(number(2), mul(p, targets)));
  const alpha = add(number(1 - ALPHA), mul(number(2 * ALPHA - 1), targets));
  return mul(mul(alpha, mul(miss, miss)), elementwiseSigmoidCrossEntropy(logits, targets));
}

/** 1 - GIoU of boxes round the same points, by their distances to left, top, right and bottom, each [n, 1, cells]. */
function giouLoss(found: readonly Value[], wanted: readonly Value[]): Value {
  const area = ([left, top, right, bottom]: readonly Value[]) =>
    mul(add(left, right), add(top, bottom));
  const both = (pick: (a: Value, b: Value) => Value) =>
    area(found.map((side, at) => pick(side, wanted[at])));
  const shared = both(min);
  const union = sub(add(area(found), area(wanted)), shared);
  const hull = both(max);
  return sub(sub(constant(hull.graph, 2), div(shared, union)), div(union, hull));
}

/**
 * The loss of each image [n], of outputs [n, classes + CELL_OUTPUTS, cells]: the sum over its cells, over `usual`, the
 * number of cells that hold a box in an image on average. So it does not depend on what else is in a batch.
 */
export function cellLoss(
  output: Value,
  targets: Readonly<Record<string, Value>>,
  usual: number,
): Value {
  const { graph } = output;
  const [n, outputs, cells] = output.shape;
  const classes = outputs - CELL_OUTPUTS;
  const plane = (name: string) => reshape(targets[name], [n, 1, cells]);
  const [counts, centre] = [plane(COUNTS), plane(CENTRE)];
  const own = transpose(oneHot(targets[CLASS], classes), [0, 2, 1]);
  const ofClasses = mul(focal(channels(output, 0, classes), own), counts);
  const sides = [0, 1, 2, 3];
  const found = sides.map((side) =>
    exp(min(channels(output, classes + side, 1), constant(graph, LARGEST))),
  );
  const ofBoxes = giouLoss(
    found,
    sides.map((side) => channels(targets[SIDES], side, 1)),
  );
  const ofCentres = elementwiseSigmoidCrossEntropy(channels(output, classes + 4, 1), centre);
  const held = add(mul(mul(constant(graph, BOXES), centre), ofBoxes), mul(step(centre), ofCentres));
  return mul(add(perImage(ofClasses), perImage(held)), constant(graph, 1 / usual));
}
