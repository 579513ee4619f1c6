// How differently the net's ReLUs look at different images: the log-determinant of how many of them two images agree on
// (Mellor, Turner, Storkey and Crowley 2021, "Neural architecture search without training", arXiv 2006.04647).

import {
  add,
  constant,
  matmul,
  reshape,
  step,
  sub,
  transpose,
  type Value,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { symmetricEigen } from "../../tensor/symmetricEigen.js";
import { batchOf, probe, type ZeroCostProxy } from "./proxy.js";

const RELUS: readonly string[] = ["relu", "relu6"];

/** ReLUs of which two images are both on, or both off: [n, n]. */
function agreement(made: Value): Value {
  const on = reshape(step(made), [made.shape[0], -1]);
  const off = sub(constant(made.graph, 1), on);
  const products = [on, off].map((code) => matmul(code, transpose(code, [1, 0])));
  return add(products[0], products[1]);
}

export const naswot: ZeroCostProxy = {
  name: "naswot",
  description: "how differently the net's ReLUs look at different images",
  source: "Mellor et al. 2021, arXiv 2006.04647",
  async score(net) {
    const { kernel } = await probe(net, ({ net: { graph } }) => {
      const relus = graph.nodes.filter(({ op }) => RELUS.includes(op.name));
      if (relus.length === 0) {
        throw new InputError(`naswot: model ${net.model.name} has no ReLU; take another proxy`);
      }
      const terms = relus.map(({ outputs: [made] }) => agreement(made));
      return { kernel: terms.reduce((sum, term) => add(sum, term)) };
    });
    const { values } = symmetricEigen(Float64Array.from(kernel), batchOf(net));
    return values.reduce((sum, value) => sum + Math.log(Math.abs(value)), 0);
  },
};
