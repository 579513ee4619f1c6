// Where a net comes down to one value that training does not change: everything before it needs to be worked out once
// for each image, and the rest can be trained on what came of it.

import { input, type Node, type ParamLayout, type Value, WEIGHTS } from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import { build, IMAGES } from "./build.js";
import type { Net, NetPass } from "./net.js";
import type { Layer } from "./scope.js";

/** Nodes that need any of some others, those included. */
function behind(nodes: readonly Node[], starts: (node: Node) => boolean): Set<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    if (starts(node) || node.inputs.some(({ node: from }) => found.has(from))) found.add(node);
  }
  return found;
}

/** Nodes that are made of the images. */
const madeOfImages = (nodes: readonly Node[]) =>
  behind(nodes, ({ op, attrs }) => op.name === "input" && attrs["name"] === IMAGES);

/** Nodes that change from step to step though the images are the same. */
const changing = (nodes: readonly Node[], { trainable }: ParamLayout) =>
  behind(
    nodes,
    ({ op, attrs }) =>
      op.name === "uniform" ||
      (attrs["vector"] === WEIGHTS && (attrs["offset"] as number) < trainable),
  );

/** The last node of all that images go through which training does not change; `undefined` where there is none. */
function lastSteady({ graph: { nodes }, layout }: Net): Node | undefined {
  const [images, moving] = [madeOfImages(nodes), changing(nodes, layout)];
  const open = new Map<Node, number>();
  for (const { id, inputs } of nodes) {
    for (const { node } of inputs) if (images.has(node)) open.set(node, id);
  }
  let last: Node | undefined;
  /** The farthest use of what was made of the images so far. */
  let farthest = 0;
  for (const node of nodes) {
    if (!images.has(node)) continue;
    if (moving.has(node)) return last;
    if (farthest <= node.id && node.inputs.length > 0 && node.outputs.length === 1) last = node;
    farthest = Math.max(farthest, open.get(node) ?? 0);
  }
  return undefined;
}

/** A place in the nets of a layer, for training and evaluation alike. */
export interface Cut {
  /** Of what one image has become there. */
  readonly shape: readonly number[];
  /** The net as far as the cut, whose value is the output. */
  readonly before: NetPass;
  /** The net behind the cut, whose images are values of that shape. The vector of parameters stays as it is. */
  readonly after: NetPass;
}

/**
 * Where frozen parts end that all of an image goes through; `undefined` where images go past them, or nothing is frozen.
 *
 * @example
 * import { createModel, paced } from "convoynet/models";
 * const model = createModel("resnet20", { channels: 3, height: 32, width: 32, outputs: 10 });
 * cutOf(model); // undefined
 * cutOf(paced(model, { body: 0 }))?.shape; // [64]
 */
export function cutOf(model: { readonly layer: Layer; readonly input: readonly number[] }) {
  const [used, trained] = [false, true].map((training) =>
    build(model.layer, [2, ...model.input], { training }),
  );
  const place = lastSteady(used);
  if (!place) return undefined;
  const names = ({ graph }: Net) => graph.nodes.slice(0, place.id + 1).map(({ op }) => op.name);
  const alike = names(used).join() === names(trained).join();
  // What a batch's own statistics are made of must not be kept.
  return alike ? cutAt(place.id, place.outputs[0].shape.slice(1)) : undefined;
}

const cutAt = (id: number, shape: readonly number[]): Cut => ({
  shape,
  before: (net) => ({ ...net, output: net.graph.nodes[id].outputs[0] }),
  after(net) {
    const images = madeOfImages(net.graph.nodes);
    const kept = (value: Value) => value.node.id >= id || !images.has(value.node);
    const { graph, image } = rewrite(
      net.graph,
      (node, _inputs, target) => {
        if (node.id === id) return [input(target, IMAGES, node.outputs[0].shape)];
        return node.outputs.every(kept) ? undefined : [];
      },
      [net.output, ...net.params.values()],
    );
    const params = [...net.params].map(([name, value]) => [name, image(value)] as const);
    return { ...net, graph, params: new Map(params), output: image(net.output) };
  },
});
