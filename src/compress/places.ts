// Where a net can be quantised: in front of the weights and the images of its convolutions and linear layers.

import { type Node, pathOf, type Value, WEIGHTS } from "../graph/index.js";
import { liveNodes, nodesOfVectors } from "../graph/rewrite.js";
import type { Net } from "../nn/index.js";

import type { Quantisation } from "./quantisation.js";
import type { Width } from "./quantisers/quantiser.js";

/** Bits of numbers that stay as they are. */
export const FULL = 32;

/** A value that is quantised on its way to some layers. */
export interface QuantisedPlace extends Width {
  /** What its quantiser's parameters are called after. */
  readonly name: string;
  readonly of: "weights" | "images";
  readonly value: Value;
  /** Axis of the outputs, of weights. */
  readonly axis?: number;
  readonly users: ReadonlySet<Node>;
}

/** A convolution or a linear layer with weights of its own. */
export interface QuantisableLayer {
  /** Path of the layer, as `stage1.0.conv1`. */
  readonly name: string;
  /** Name of its weights. */
  readonly weights: string;
  readonly node: Node;
}

/** The parameter that a value made of parameters alone is made of in the first place, and not of its mask or table. */
function sourceOf(value: Value, fixed: ReadonlySet<Node>): Value {
  const first = value.node.inputs.find(({ node }) => fixed.has(node));
  return first ? sourceOf(first, fixed) : value;
}

/**
 * The layers of a net as it is built that can be quantised, in order: those whose weights are made of parameters alone. One
 * whose weights several nodes use is there several times.
 */
export function quantisableLayers({ graph, params, output }: Net): QuantisableLayer[] {
  const names = new Map([...params].map(([name, value]) => [value, name]));
  const live = liveNodes(graph, [output]);
  const fixed = nodesOfVectors(graph, [WEIGHTS]);
  return graph.nodes.flatMap((node) => {
    const { op, inputs } = node;
    if (!live.has(node) || !(op.name === "conv2d" || op.name === "matmul")) return [];
    if (!fixed.has(inputs[1].node) || fixed.has(inputs[0].node)) return [];
    const weights = names.get(sourceOf(inputs[1], fixed));
    return weights === undefined ? [] : [{ name: pathOf(weights), weights, node }];
  });
}

/** Ops that give no number below 0, whatever they take, and those that do so of such numbers. */
const never = new Set(["abs", "exp", "relu", "relu6", "sigmoid", "step", "uniform", "sqrt"]);
const keeps = new Set([
  ...["add", "avgPool2d", "concat", "div", "expand", "max", "maxPool2d", "min", "mul", "pad"],
  ...["reduceMax", "reduceSum", "reshape", "resize", "slice", "transpose"],
]);

/** Whether no number of a value is below 0, as far as its ops tell. */
function isPositive({ node: { op, inputs, attrs } }: Value): boolean {
  if (never.has(op.name)) return true;
  if (op.name === "constant") return (attrs["value"] as number) >= 0;
  return keeps.has(op.name) && inputs.length > 0 && inputs.every(isPositive);
}

/** Axis of the outputs among a layer's weights. */
const axisOf = ({ op, attrs }: Node): number =>
  op.name === "conv2d" || attrs["transposeB"] ? 0 : 1;

/**
 * What of a net is quantised, in the order of its layers. Images that several layers take are quantised once where these
 * have as many bits.
 */
export function quantisedPlaces(
  net: Net,
  { layers }: Pick<Quantisation, "layers">,
): QuantisedPlace[] {
  const places: (QuantisedPlace & { readonly users: Set<Node> })[] = [];
  const add = (place: Omit<QuantisedPlace, "users">, node: Node) => {
    const { value, bits, name } = place;
    if (bits === FULL) return;
    const same = places.find((one) => one.value === value && one.bits === bits);
    if (same) {
      same.users.add(node);
      return;
    }
    const count = places.filter((one) => one.name.split("#")[0] === name).length;
    places.push({
      ...place,
      name: count === 0 ? name : `${name}#${count + 1}`,
      users: new Set([node]),
    });
  };
  for (const { name, weights, node } of quantisableLayers(net)) {
    const [x, w] = node.inputs;
    const [ofWeights, ofImages] = layers[name] ?? [FULL, FULL];
    const images = { of: "images", value: x, bits: ofImages, signed: !isPositive(x) } as const;
    add({ ...images, name: name === "" ? "input" : `${name}.input` }, node);
    const own = { of: "weights", value: w, bits: ofWeights, signed: true } as const;
    add({ ...own, name: weights, axis: axisOf(node) }, node);
  }
  return places;
}
