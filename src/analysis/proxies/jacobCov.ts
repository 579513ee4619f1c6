// How little the net's slopes at different images are alike (Mellor, Turner, Storkey and Crowley 2020, "Neural architecture
// search without training", arXiv 2006.04647, first version).

import { gradients, reduceSum } from "../../graph/index.js";
import { symmetricEigen } from "../../tensor/symmetricEigen.js";
import { batchOf, probe, type ZeroCostProxy } from "./proxy.js";

/** Added to eigenvalues, some of which are 0. */
const TINY = 1e-5;

/** Correlations of rows, [rows, rows]. */
function correlations(values: ArrayLike<number>, rows: number): Float64Array {
  const length = values.length / rows;
  const unit = Array.from({ length: rows }, (_, row) => {
    const own = Float64Array.from({ length }, (_, at) => values[row * length + at]);
    const mean = own.reduce((sum, value) => sum + value, 0) / length;
    const apart = own.map((value) => value - mean);
    const size = Math.sqrt(apart.reduce((sum, value) => sum + value * value, 0));
    return apart.map((value) => value / size);
  });
  return Float64Array.from({ length: rows * rows }, (_, at) => {
    const [one, other] = [unit[Math.floor(at / rows)], unit[at % rows]];
    return one.reduce((sum, value, place) => sum + value * other[place], 0);
  });
}

export const jacobCov: ZeroCostProxy = {
  name: "jacob_cov",
  description: "how little the net's slopes at different images are alike",
  source: "Mellor et al. 2020, arXiv 2006.04647",
  async score(net) {
    const { slopes } = await probe(net, ({ net: { graph, output } }) => {
      const x = graph.nodes.find(({ op }) => op.name === "input")!.outputs[0];
      const [slopes] = gradients(reduceSum(output), [x]);
      return { slopes };
    });
    const rows = batchOf(net);
    const matrix = correlations(slopes, rows);
    if (!matrix.every(Number.isFinite)) return Number.NaN;
    const { values } = symmetricEigen(matrix, rows);
    return -values.reduce((sum, value) => sum + Math.log(value + TINY) + 1 / (value + TINY), 0);
  },
};
