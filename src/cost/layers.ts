// A model's layers before they meet a machine: their operations and parameters, and the widths of their numbers.

import {
  nonZeros as countNonZeros,
  type Node,
  type Param,
  type ParamLayout,
  pathOf,
  type Value,
  WEIGHTS,
} from "../graph/index.js";
import { nodesOfVectors } from "../graph/rewrite.js";
import type { Model } from "../models/index.js";
import { build, netOf, ownNodes, paramsRead } from "../nn/index.js";
import { bytesOf } from "../tensor/dtype.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import { type Bits, type Work, workOf } from "./work.js";

/** A layer's operations and parameters. */
export interface LayerWork {
  readonly layer: string;
  readonly output: Shape;
  readonly params: number;
  readonly nonZeros?: number;
  readonly works: readonly Work[];
  /** Widths of weights and activations, as the net has them. */
  readonly bits: Bits;
}

/** Layers, and what is counted of the whole net. */
export interface Layers {
  readonly layers: readonly LayerWork[];
  readonly params: number;
  readonly nonZeros?: number;
  /** Bits of all parameters as they are stored. */
  readonly storedBits: number;
}

/** Where a layer is, what it makes, its nodes, and the places of its parameters. */
interface Part {
  readonly path: string;
  readonly output: Shape;
  readonly nodes: readonly Node[];
  readonly places: readonly (readonly [start: number, end: number])[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Blocks as a model's layers have built them. */
function builtParts(model: Model, batch: number) {
  const net = build(model.layer, [batch, ...model.input], { training: false });
  const parts = [...ownNodes(net)].map(
    ([{ path, output }, nodes]): Part => ({
      ...{ path, nodes, output: output.shape, places: paramsRead(nodes, net.layout) },
    }),
  );
  return { parts, layout: net.layout };
}

/** The node that a value comes from in the first place. */
const sourceOf = ({ node }: Value): Node =>
  node.inputs.length > 0 ? sourceOf(node.inputs[0]) : node;

/** What multiplies and adds in a net that passes have changed, each under the path of its weights. */
function passedParts(model: Model, batch: number) {
  const { graph, layout } = netOf(model, batch, { training: false });
  const fixed = nodesOfVectors(graph, [WEIGHTS]);
  const behind = (node: Node): Node[] =>
    node.inputs.flatMap(({ node: from }) => (fixed.has(from) ? [...behind(from), from] : []));
  const parts = graph.nodes
    // What is made of weights alone, as those that share numbers, is no layer.
    .filter((node) => node.op.loops && !fixed.has(node))
    .map((node): Part => {
      const { attrs } = sourceOf(node.inputs[1]);
      const weights = layout.params.find(({ offset }) => offset === attrs["offset"]);
      const path = weights ? pathOf(weights.name) : node.op.name;
      const places = paramsRead([...new Set(behind(node))], layout);
      return { path, output: node.outputs[0].shape, nodes: [node], places };
    });
  return { parts, layout };
}

/** Bits of a layer's numbers: those of the first operation that multiplies. */
function bitsOfNodes(nodes: readonly Node[]): Bits {
  const [first] = nodes.filter(({ op }) => op.loops);
  const [activations, weights] = first
    ? first.inputs.map(({ dtype }) => 8 * bytesOf[dtype])
    : [32, 32];
  return { weights, activations };
}

/** Parameters but statistics; also those that training leaves as they are. */
const numbersOf = ({ params }: ParamLayout): Param[] =>
  params.filter(({ kind }) => kind !== "statistic");

const placeOf = ({ offset, shape }: Param) => [offset, offset + sizeOf(shape)] as const;

const storedBits = (layout: ParamLayout): number =>
  sum(numbersOf(layout).map(({ shape, stored }) => sizeOf(shape) * 8 * bytesOf[stored ?? "f32"]));

/**
 * The layers of a model.
 *
 * @param w all its parameters, to count those that are not 0
 */
export function layersOf(model: Model, batch: number, w?: Float32Array): Layers {
  const { parts, layout } = (model.passes ? passedParts : builtParts)(model, batch);
  if (w && w.length !== layout.length) {
    throw new RangeError(`the net has ${layout.length} parameters, found ${w.length}`);
  }
  const counted = (places: Part["places"]) => ({
    params: sum(places.map(([start, end]) => end - start)),
    ...(w && { nonZeros: sum(places.map((place) => countNonZeros(w.subarray(...place)))) }),
  });
  const layers = parts.map(({ path, output, nodes, places }) => ({
    ...{ layer: path, output: output.slice(1), ...counted(places) },
    works: nodes.flatMap((node) => workOf(node) ?? []),
    bits: bitsOfNodes(nodes),
  }));
  return { layers, ...counted(numbersOf(layout).map(placeOf)), storedBits: storedBits(layout) };
}
