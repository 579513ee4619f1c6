// How much goes through each weight of the net whose weights are all positive, added up and as a logarithm (Tanaka, Kunin,
// Yamins and Ganguli 2020, "SynFlow", arXiv 2006.05467). No data and no normalisation: at its first statistics a batch norm
// does nothing.

import { abs, constant, mul, reduceSum } from "../../graph/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { sumOverWeights, type Untrained, type ZeroCostProxy } from "./proxy.js";

/** What goes through a deep net is beyond the numbers of f32: inputs and outputs are made small by these, in turn. */
const SCALES = [1, 1e-10, 1e-20, 1e-30];

const flowOf = (net: Untrained, scale: number): Promise<number> =>
  sumOverWeights(
    net,
    (weight, slope) => reduceSum(abs(mul(weight, slope))),
    ({ net: { output, graph } }) => mul(reduceSum(output), constant(graph, scale)),
    {
      training: false,
      batch: 1,
      images: new Float32Array(sizeOf(net.model.input)).fill(scale),
      changed: (w) => w.map(Math.abs),
    },
  );

export const synflow: ZeroCostProxy = {
  name: "synflow",
  description: "how much goes through each weight of the net with positive weights, as a logarithm",
  source: "Tanaka et al. 2020, arXiv 2006.05467",
  async score(net) {
    for (const scale of SCALES) {
      const flow = await flowOf(net, scale);
      if (Number.isFinite(flow)) return Math.log(flow) - 2 * Math.log(scale);
    }
    return Number.NaN;
  },
};
