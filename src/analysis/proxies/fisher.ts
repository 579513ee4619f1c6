// How much the loss would change without each channel, squared and added up (Turner, Crowley, O'Boyle, Storkey and Gray 2020,
// "BlockSwap", arXiv 1906.04113; Theis, Korshunova, Tejani and Huszár 2018, arXiv 1801.05787).

import { constant, gradients, mul, reduceSum, type Value } from "../../graph/index.js";
import { type Probe, probe, type ZeroCostProxy } from "./proxy.js";

/** Results of convolutions and matrix products. */
const activationsOf = ({ net }: Probe): Value[] =>
  net.graph.nodes.filter(({ op }) => op.loops).map(({ outputs: [made] }) => made);

/** Of each channel half the mean over the batch of (sum of a · slope)², added up. */
function saliency(activation: Value, slope: Value): Value {
  const [batch, , ...places] = activation.shape;
  const product = mul(activation, slope);
  const sums = places.length > 0 ? reduceSum(product, [2, 3]) : product;
  return mul(reduceSum(mul(sums, sums)), constant(activation.graph, 0.5 / batch));
}

export const fisher: ZeroCostProxy = {
  name: "fisher",
  description: "how much the loss would change without each channel, squared",
  source: "Turner et al. 2020, arXiv 1906.04113",
  async score(net) {
    const found = await probe(net, (probed) => {
      const activations = activationsOf(probed);
      const slopes = gradients(probed.loss(), activations);
      return Object.fromEntries(
        activations.map((activation, at) => [`${at}`, saliency(activation, slopes[at])]),
      );
    });
    return Object.values(found).reduce((sum, values) => sum + values[0], 0);
  },
};
