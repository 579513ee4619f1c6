// Orthogonal low-rank embedding (Lezama, Qiu, Musé and Sapiro 2018, "OLÉ: Orthogonal Low-rank Embedding, a plug and play geometric
// loss for deep learning", CVPR, arXiv 1712.01727): features of one class lie near a line, those of others at right angles to it.

import {
  add,
  constant,
  div,
  expand,
  matmul,
  max,
  mul,
  reduceSum,
  sqrt,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { lastLinear } from "../../nn/index.js";
import { ORDER } from "../classification/targets.js";
import type { Penalty } from "./penalty.js";

/** Nuclear norms of classes below it are not made smaller. */
const LEAST = 1;

/** Newton-Schulz steps: a singular value grows by half in each until it is near 1. */
const STEPS = 24;

/** Keeps a length away from 0. */
const TINY = 1e-12;

/**
 * The matrix of singular values 1 in place of those of `rows` [n, d], for each block of rows that belong together on its own;
 * singular values of less than a ten-thousandth of the block's length are left smaller.
 *
 * @param together [n, n], 1 for two rows of one block, else 0
 */
function withoutSizes(rows: Value, together: Value): Value {
  const { graph } = rows;
  const number = (value: number) => constant(graph, value);
  const squares = reduceSum(mul(rows, rows), [1], true);
  const lengths = sqrt(add(matmul(together, squares), number(TINY)));
  let found = div(rows, lengths);
  for (let step = 0; step < STEPS; step++) {
    const products = mul(matmul(found, found, { transposeB: true }), together);
    found = sub(mul(found, number(1.5)), mul(matmul(products, found), number(0.5)));
  }
  return stopGradient(found);
}

/** Each row's share of the nuclear norm of its block [n, 1]. The sum's gradient is what {@link withoutSizes} gives. */
const nuclearShares = (rows: Value, together: Value): Value =>
  reduceSum(mul(withoutSizes(rows, together), rows), [1], true);

/**
 * The sum over classes of max(1, nuclear norm of their features), less the nuclear norm of all features, [].
 *
 * @param features [n, d]
 * @param own [n, classes], 1 for a row's class, else 0
 */
export function lowRank(features: Value, own: Value): Value {
  const { graph, shape } = features;
  const [n] = shape;
  const together = matmul(own, own, { transposeB: true });
  const ofClass = matmul(together, nuclearShares(features, together));
  const members = reduceSum(together, [1], true);
  const classes = reduceSum(div(max(ofClass, constant(graph, LEAST)), members));
  const everyone = expand(constant(graph, 1), [n, n]);
  return sub(classes, reduceSum(nuclearShares(features, everyone)));
}

export const ole: Penalty = {
  name: "ole",
  description: "features of a class near a line, those of others at right angles",
  source: "Lezama, Qiu, Musé and Sapiro 2018, arXiv 1712.01727",
  strength: { meaning: "factor, from 0", usual: 0.25 },
  labels: "class",
  of(net, { targets }) {
    const found = lastLinear(net);
    if (!found) {
      throw new InputError(
        "penalty ole: the net does not end in a linear layer, whose features it looks at",
      );
    }
    const { features } = found;
    const order = targets[ORDER];
    const own = sub(constant(features.graph, 1), mul(order, order));
    return mul(lowRank(features, own), constant(features.graph, 1 / features.shape[0]));
  },
};
