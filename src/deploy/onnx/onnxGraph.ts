// From a net to an ONNX graph, node by node.

import type { Node, Value } from "../../graph/index.js";
import { liveNodes } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { IMAGES } from "../../nn/index.js";
import type { DType } from "../../tensor/dtype.js";
import { elements } from "../../tensor/onnx/elements.js";
import type {
  DimensionProto,
  GraphProto,
  NodeProto,
  ValueInfoProto,
} from "../../tensor/onnx/schema.js";
import { Emission, type IntegerWeights } from "./emission.js";
import { emitters } from "./emitters/index.js";
import { KnownValues, type Written } from "./known.js";
import { BATCHES, isFixed, type Size } from "./sizes.js";

/** Name of the input of a graph. */
export const INPUT = "images";
/** Name of the free size. */
const BATCH = "batch";

/** How a graph is written. */
export interface OnnxGraphOptions {
  /** Name of the graph, as the model's. */
  readonly name: string;
  /** Name of its output. */
  readonly output: string;
  /** What is done to images before the net sees them: (x - mean) / std of each channel. Default nothing. */
  readonly normalise?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** Of whole numbers; default u8. */
  readonly integerWeights?: IntegerWeights;
}

/** A graph, and whether it takes any number of images at once; else it takes one. */
export interface OnnxGraph {
  readonly graph: GraphProto;
  readonly freeBatch: boolean;
}

const info = (name: string, dtype: DType, sizes: readonly Size[], doc: string): ValueInfoProto => {
  const dim = sizes.map((size): DimensionProto => {
    if (isFixed(size)) return { dim_value: size };
    return { dim_param: size.times === 1 ? BATCH : `${size.times}*${BATCH}` };
  });
  return {
    name,
    type: { tensor_type: { elem_type: elements[dtype].id, shape: { dim } } },
    doc_string: doc,
  };
};

/** Nodes that the output needs. */
function needed(nodes: readonly NodeProto[], output: string): NodeProto[] {
  const wanted = new Set([output]);
  const kept: NodeProto[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.output!.some((name) => wanted.has(name))) continue;
    for (const name of node.input!) wanted.add(name);
    kept.unshift(node);
  }
  return kept;
}

/** Nodes in which a value has another name. */
const renamed = (nodes: readonly NodeProto[], from: string, to: string): NodeProto[] => {
  const names = (list: readonly string[] = []) => list.map((name) => (name === from ? to : name));
  return nodes.map((node) => ({ ...node, input: names(node.input), output: names(node.output) }));
};

/** The images as the net sees them. */
function normalised(images: Value, { normalise }: OnnxGraphOptions, to: Emission): string {
  if (!normalise) return INPUT;
  const { mean, std } = normalise;
  const along = [1, images.shape[1], 1, 1];
  const shifted = to.node("Sub", [INPUT, to.tensor("mean", "f32", along, mean)], {}, "shifted");
  return to.node("Div", [shifted, to.tensor("std", "f32", along, std)], {}, "normalised");
}

/** The name of an input in the file. */
const inputName = ({ attrs }: Node): string =>
  attrs["name"] === IMAGES ? INPUT : (attrs["name"] as string);

function emitAll(net: Written, known: KnownValues, to: Emission, options: OnnxGraphOptions): void {
  for (const node of liveNodesOf(net)) {
    const { op, attrs, outputs } = node;
    if (known.has(node)) continue;
    if (op.name === "input") {
      const isImages = attrs["name"] === IMAGES;
      to.bind(outputs[0], isImages ? normalised(outputs[0], options, to) : inputName(node));
      continue;
    }
    const emitter = emitters[op.name as keyof typeof emitters];
    if (typeof emitter === "function") to.emit(node, emitter);
    else throw new InputError(`ONNX has no ${op.name} of ours: ${emitter.refused}`);
  }
}

/** In topological order. */
function liveNodesOf({ graph, output }: Written): Node[] {
  const live = liveNodes(graph, [output]);
  return graph.nodes.filter((node) => live.has(node));
}

/** A net as a graph, from that of the same net for another batch, which says what follows the batch. */
function graphOf(
  net: Written,
  other: Written,
  w: Float32Array,
  options: OnnxGraphOptions,
): GraphProto {
  const known = new KnownValues(net, w);
  const { nodes } = other.graph;
  const sources = { known: known.of.bind(known), twin: ({ id }: Node) => nodes[id] };
  const to = new Emission(sources, options.integerWeights);
  emitAll(net, known, to, options);
  const last = to.name(net.output);
  const inputs = liveNodesOf(net).filter(({ op }) => op.name === "input");
  const own = to.initializers.has(last) || inputs.some((node) => inputName(node) === last);
  const nodesOfOutput = own
    ? [
        ...to.nodes,
        { op_type: "Identity", name: options.output, input: [last], output: [options.output] },
      ]
    : renamed(to.nodes, last, options.output);
  const kept = needed(nodesOfOutput, options.output);
  const used = new Set(kept.flatMap(({ input = [] }) => input));
  return {
    node: kept,
    name: options.name,
    initializer: [...to.initializers]
      .filter(([name]) => used.has(name))
      .map(([, tensor]) => tensor),
    input: inputs.map((node) => {
      const [value] = node.outputs;
      const doc = options.normalise ? "values of pixels from 0 to 255" : "as the net takes it";
      return info(inputName(node), value.dtype, to.sizes(value), doc);
    }),
    output: [
      info(
        options.output,
        net.output.dtype,
        to.sizes(net.output),
        "what the net gives, before it is decoded",
      ),
    ],
  };
}

/** Whether two graphs have the same nodes. */
const alike = (a: Written, b: Written): boolean =>
  a.graph.nodes.length === b.graph.nodes.length &&
  a.graph.nodes.every(({ op }, at) => op === b.graph.nodes[at].op);

/**
 * A net with its parameters as an ONNX graph of opset 17: input `images` f32 [batch, c, h, w], one output. It takes any
 * number of images where all of the graph follows the batch, else one at a time.
 *
 * @param netOf the net for inference on a batch of so many images
 * @param w all its parameters
 * @throws InputError for an op that ONNX graphs cannot have.
 */
export function onnxGraph(
  netOf: (batch: number) => Written,
  w: Float32Array,
  options: OnnxGraphOptions,
): OnnxGraph {
  const [net, other] = BATCHES.map(netOf);
  if (alike(net, other)) {
    try {
      return { graph: graphOf(net, other, w, options), freeBatch: true };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return { graph: fixedGraph(netOf(1), w, options), freeBatch: false };
}

/** A graph whose sizes are all fixed, with inputs by their names. */
export const fixedGraph = (net: Written, w: Float32Array, options: OnnxGraphOptions): GraphProto =>
  graphOf(net, net, w, options);
