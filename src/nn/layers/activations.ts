// Element-wise activations as layers without parameters.

import * as graph from "../../graph/index.js";
import type { Layer } from "../scope.js";

const activation =
  (apply: (x: graph.Value) => graph.Value): (() => Layer) =>
  () =>
    apply;

/**
 * max(x, 0).
 *
 * @example
 * build(sequential(linear(4), relu()), [2, 3], { training: true }).output.node.op.name; // "relu"
 */
export const relu = activation(graph.relu);

/** min(max(x, 0), 6) (MobileNetV2, 2018, arXiv 1801.04381). */
export const relu6 = activation(graph.relu6);

/** x * relu6(x + 3) / 6 (MobileNetV3, 2019, arXiv 1905.02244). */
export const hardSwish = activation(graph.hardSwish);

/** relu6(x + 3) / 6, the hard form of the sigmoid (MobileNetV3, 2019, arXiv 1905.02244). */
export const hardSigmoid = activation((x) =>
  graph.mul(graph.relu6(graph.add(x, graph.constant(x.graph, 3))), graph.constant(x.graph, 1 / 6)),
);

/** x * sigmoid(x) (2017, arXiv 1702.03118). */
export const silu = activation(graph.silu);

/** Gaussian error linear unit, exact form (2016, arXiv 1606.08415). */
export const gelu = activation(graph.gelu);

/** 1 / (1 + e^-x). */
export const sigmoid = activation(graph.sigmoid);

/** Hyperbolic tangent. */
export const tanh = activation(graph.tanh);

/** x where positive, else `slope` * x with 0 <= slope < 1 (Maas et al. 2013). Default slope 0.01. */
export const leakyRelu =
  (slope = 0.01): Layer =>
  (x) =>
    graph.max(x, graph.mul(x, graph.constant(x.graph, slope)));
