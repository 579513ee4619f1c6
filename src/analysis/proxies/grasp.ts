// How much the gradient's length would change without each weight, added up (Wang, Zhang and Grosse 2020, "GraSP", arXiv
// 2002.07376): -w · (H g), and H g is the gradient of half the gradient's squared length.

import { add, constant, gradients, mul, neg, reduceSum, type Value } from "../../graph/index.js";
import { type Probe, sumOverWeights, type ZeroCostProxy } from "./proxy.js";

function halfSquare({ weights, ...probed }: Probe): Value {
  const slopes = gradients(probed.loss(), weights);
  const squares = slopes.map((slope) => reduceSum(mul(slope, slope)));
  return mul(
    squares.reduce((sum, square) => add(sum, square)),
    constant(probed.net.graph, 0.5),
  );
}

export const grasp: ZeroCostProxy = {
  name: "grasp",
  description: "how much the gradient would change without each weight",
  source: "Wang, Zhang and Grosse 2020, arXiv 2002.07376",
  score: (net) =>
    sumOverWeights(net, (weight, bent) => neg(reduceSum(mul(weight, bent))), halfSquare),
};
