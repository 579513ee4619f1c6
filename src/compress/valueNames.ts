// Names of a net's values that are the same for every batch, so that what is known of the values can be saved.

import { type Node, pathOf, type Value, WEIGHTS } from "../graph/index.js";
import { liveNodes, nodesOfVectors } from "../graph/rewrite.js";
import { IMAGES, type Net } from "../nn/index.js";
import { paramOf } from "./layers.js";

/**
 * The values of a net that depend on its images, by name: what a layer with parameters gives is called after its path,
 * as `stage1.0.conv1`, what other ops make of it after that and themselves, as `stage1.0.conv1/relu/maxPool2d`. Values
 * that would be called the same are numbered in the order of the graph, so that a net that ends earlier has the same names
 * as far as it goes.
 */
export function valuesByName({ graph, params, output }: Net): ReadonlyMap<string, Value> {
  const paths = new Map([...params].map(([name, value]) => [value, pathOf(name)]));
  const fixed = nodesOfVectors(graph, [WEIGHTS]);
  const live = liveNodes(graph, [output]);
  const known = new Map<Node, string>();
  const found = new Map<string, Value>();
  const nameOf = ({ op, inputs }: Node): string => {
    const [path] = inputs.flatMap((value) => paths.get(paramOf(value) ?? value) ?? []);
    if (path !== undefined) return path;
    const [from] = inputs.flatMap(({ node }) => known.get(node) ?? []);
    return from === undefined ? IMAGES : `${from}/${op.name}`;
  };
  for (const node of graph.nodes) {
    if (!live.has(node) || fixed.has(node) || node.op.name === "constant") continue;
    const name = nameOf(node);
    let free = name;
    for (let count = 2; found.has(free); count++) free = `${name}.${count}`;
    known.set(node, free);
    found.set(free, node.outputs[0]);
  }
  return found;
}
