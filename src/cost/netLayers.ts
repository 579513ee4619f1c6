// The layers of a model's net.

import { type Node, WEIGHTS } from "../graph/index.js";
import { liveNodes, nodesOfVectors } from "../graph/rewrite.js";
import type { Model } from "../models/index.js";
import { build, netOf, ownNodes } from "../nn/index.js";
import type { Shape } from "../tensor/shape.js";

/** A net's nodes, with those that read its parameters, by the layers that they belong to. */
export interface NetLayer {
  readonly layer: string;
  readonly output: Shape;
  readonly nodes: readonly Node[];
}

/** Layers as the model has them. */
function builtLayers(model: Model, batch: number) {
  const net = build(model.layer, [batch, ...model.input], { training: false });
  const layers = [...ownNodes(net)].map(
    ([{ path, output }, nodes]): NetLayer => ({ layer: path, output: output.shape, nodes }),
  );
  return { layout: net.layout, layers };
}

/** What multiplies and adds in a net that passes have changed, by the names of the weights. */
function changedLayers(model: Model, batch: number) {
  const { graph, output, layout } = netOf(model, batch, { training: false });
  const names = new Map(layout.params.map(({ name, offset }) => [offset, name]));
  const fixed = nodesOfVectors(graph, [WEIGHTS]);
  const behind = (node: Node): Node[] =>
    node.inputs.flatMap(({ node: from }) => (fixed.has(from) ? [...behind(from), from] : []));
  const live = liveNodes(graph, [output]);
  const layers = graph.nodes.flatMap((node): NetLayer[] => {
    if (!live.has(node) || !node.op.loops) return [];
    const nodes = [...new Set(behind(node)), node];
    const read = nodes.find(({ attrs }) => attrs["vector"] === WEIGHTS);
    const name = read && names.get(read.attrs["offset"] as number);
    const layer = name?.replace(/\.weight$/, "") ?? node.op.name;
    return [{ layer, output: node.outputs[0].shape, nodes }];
  });
  return { layout, layers };
}

/** The layers of a model in inference. */
export const netLayers = (model: Model, batch: number) =>
  (model.passes?.length ? changedLayers : builtLayers)(model, batch);
