// Saved activations in few bytes, after COMET (Jin et al. 2021, arXiv 2111.09562): the input of a
// convolution is kept under a bound of its error, which nothing but the gradient of that convolution's
// weights sees. Whoever asks for signs only, as the gradient of a ReLU does, gets exact ones, a bit each;
// winners of pooling windows take as few bits as their window allows. So the gradient that goes on to the
// layers in front is the same to the last bit.

import { roomForZeros } from "../../tensor/compression/container.js";
import { bytesOf } from "../../tensor/dtype.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Graph, Node, Value } from "../graph.js";
import { readsSigns } from "../normGrad.js";
import { read, write } from "../ops/bindings.js";
import { compress, compressReport, packBits, restore, unpackBits } from "../ops/compress.js";
import { norms } from "../ops/reduce.js";
import { wayBack } from "../recompute/blocks.js";
import { forwardNodes, liveNodes, rewrite } from "../rewrite.js";

/** Name of the vector that holds the bound of each compressed value, in the order of the list. */
export const BOUNDS = "compression.bounds";
/** Name of the vector that each run writes its report to; see {@link CompressedValue}. */
export const REPORT = "compression.report";

/** A convolution whose weight gradient reads restored numbers. */
export interface Consumer {
  /** Its weights in the vector `w`, and their gradient in `grad`. */
  readonly offset: number;
  readonly length: number;
  /** Channels of its output, and pixels of one channel over the batch. */
  readonly channels: number;
  readonly pixels: number;
  /** Share of its window's places that lie on the image and not on its padding, over all pixels. */
  readonly coverage: number;
  /**
   * Where the report has four numbers of it: the `norms` of the gradient of its output, and of that of its
   * weights.
   */
  readonly report: number;
}

/** A value that is kept under a bound of its error. */
export interface CompressedValue {
  readonly elements: number;
  readonly plainBytes: number;
  /** Bytes of its slot. */
  readonly capacity: number;
  /** Where the report has what {@link compressReport} lists. */
  readonly report: number;
  readonly consumers: readonly Consumer[];
}

/** Numbers in the report for each consumer. */
const STATISTICS = 4;

/** A graph with compressed values, and what has to be known to choose their bounds. */
export interface CompressedGraph {
  readonly graph: Graph;
  readonly values: readonly CompressedValue[];
  /** Numbers in the report. */
  readonly reportLength: number;
}

/** How a use in the backward pass reads a saved value. */
type Use = "weights" | "sign" | "winner" | "exact";

/** Where a convolution's weight gradient goes, if it goes to one place only. */
function weightsOf(node: Node, writes: ReadonlyMap<Value, readonly Node[]>): number | undefined {
  const targets = writes.get(node.outputs[0]) ?? [];
  return targets.length === 1 ? (targets[0].attrs["offset"] as number) : undefined;
}

function useOf(node: Node, at: number, writes: ReadonlyMap<Value, readonly Node[]>): Use {
  const { name } = node.op;
  if (name === "step") return "sign";
  if (readsSigns(node, at)) return "sign";
  if (name === "maxPool2dGrad" && at === 1) return "winner";
  const weights = name === "conv2dWeightGrad" && at === 0;
  return weights && weightsOf(node, writes) !== undefined ? "weights" : "exact";
}

/** Share of a convolution's window that lies on the image, over all its places. */
function coverageOf({ inputs: [x, dy], attrs }: Node): number {
  const list = (name: string) => attrs[name] as readonly number[];
  const shares = [0, 1].map((axis) => {
    const [size, places, kernel] = [x.shape[2 + axis], dy.shape[2 + axis], list("shape")[2 + axis]];
    const pixels = Array.from({ length: places * kernel }, (_, at) => {
      const [place, tap] = [Math.floor(at / kernel), at % kernel];
      return place * list("strides")[axis] - list("padding")[axis] + tap * list("dilation")[axis];
    });
    return pixels.filter((at) => at >= 0 && at < size).length / pixels.length;
  });
  return shares[0] * shares[1];
}

/** Fewest bits for a position within a window. */
function winnerBits(node: Node): number | undefined {
  const size = sizeOf(node.attrs["kernel"] as readonly number[]);
  return [1, 2, 4].find((bits) => size <= 2 ** bits);
}

/** What becomes of a saved value. */
interface Saving {
  readonly uses: ReadonlySet<Use>;
  readonly bits?: number;
}

/** The values whose uses in the backward pass allow to keep them in less. */
function savingsOf(graph: Graph, writes: ReadonlyMap<Value, readonly Node[]>): Map<Value, Saving> {
  const forward = forwardNodes(graph);
  const { saved, early } = wayBack(graph);
  const uses = new Map<Value, Set<Use>>();
  const bits = new Map<Value, number | undefined>();
  for (const node of liveNodes(graph)) {
    if (forward.has(node)) continue;
    for (const [at, value] of node.inputs.entries()) {
      if (!saved.has(value) || early.has(value)) continue;
      const use = useOf(node, at, writes);
      uses.set(value, (uses.get(value) ?? new Set()).add(use));
      if (use === "winner") bits.set(value, winnerBits(node));
    }
  }
  const savings = new Map<Value, Saving>();
  for (const [value, found] of uses) {
    const winner = found.has("winner");
    const known = winner ? found.size === 1 && bits.get(value) : value.dtype === "f32";
    const images = !found.has("weights") || value.shape.length === 4;
    if (known && images && !found.has("exact")) {
      savings.set(value, { uses: found, bits: winner ? bits.get(value) : undefined });
    }
  }
  return savings;
}

function writesOf(graph: Graph): Map<Value, Node[]> {
  const writes = new Map<Value, Node[]>();
  for (const node of liveNodes(graph)) {
    for (const value of node.inputs) writes.set(value, [...(writes.get(value) ?? []), node]);
  }
  for (const [value, nodes] of writes) {
    if (nodes.some(({ op }) => op.name !== "write")) writes.delete(value);
  }
  return writes;
}

/** Bytes of a slot: a share of the value's, but enough for zeros. */
function capacityOf(value: Value, share: number): number {
  const elements = sizeOf(value.shape);
  return Math.max(roomForZeros(elements), Math.ceil(share * bytesOf[value.dtype] * elements));
}

/**
 * The graph with the inputs of convolutions kept compressed, in slots of `share` of their bytes, and what
 * else the backward pass reads of the forward pass in as few bits as it needs. It reads the vector
 * {@link BOUNDS}, a bound for each value, and writes {@link REPORT}.
 *
 * @example
 * const model = createModel("vgg11", { channels: 3, height: 32, width: 32, outputs: 10 });
 * const labels = { kind: "class", of: Int32Array.of(), classes: [..."0123456789"] } as const;
 * const plain = trainingGraph(ask(model, classification, labels), 8);
 * const { graph, values } = compressSaved(plain.graph, 1 / 8);
 * values.length; // 7
 * graph.nodes.filter(({ op }) => op.name === "compress").length; // 7
 */
export function compressSaved(graph: Graph, share: number): CompressedGraph {
  const writes = writesOf(graph);
  const forward = forwardNodes(graph);
  const savings = savingsOf(graph, writes);
  const values: CompressedValue[] = [];
  const consumers = new Map<Value, Consumer[]>();
  const stored = new Map<Value, Value>();
  const packed = new Map<Value, Value>();
  const back = new Map<string, Value>();
  let reportLength = 0;

  const store = (value: Value, image: Value): void => {
    const { uses, bits } = savings.get(value)!;
    if (uses.has("weights")) {
      const bound = read(image.graph, BOUNDS, [1], values.length);
      const capacity = capacityOf(value, share);
      const [codes, report] = compress(image, bound, capacity);
      write(REPORT, report, reportLength);
      stored.set(value, codes);
      const own: Consumer[] = [];
      consumers.set(value, own);
      const elements = sizeOf(value.shape);
      const plainBytes = bytesOf[value.dtype] * elements;
      values.push({ elements, plainBytes, capacity, report: reportLength, consumers: own });
      reportLength += compressReport.length;
    }
    if (uses.has("sign") || bits) packed.set(value, packBits(image, bits ?? 1));
  };

  /** The value again, made once, when it is first needed. */
  const again = (value: Value, use: Use): Value => {
    const key = `${use === "weights" ? "weights" : "bits"} ${value.node.id} ${value.index}`;
    const { bits = 1 } = savings.get(value)!;
    const make = () =>
      use === "weights"
        ? restore(stored.get(value)!, value.shape)
        : unpackBits(packed.get(value)!, bits, value);
    if (!back.has(key)) back.set(key, make());
    return back.get(key)!;
  };

  /** Adds a convolution's statistics to the report. */
  const watch = (node: Node, dy: Value, dw: Value): void => {
    write(REPORT, norms(dy), reportLength);
    write(REPORT, norms(dw), reportLength + 2);
    const [, channels] = dy.shape;
    consumers.get(node.inputs[0])!.push({
      offset: weightsOf(node, writes)!,
      length: sizeOf(dw.shape),
      channels,
      pixels: sizeOf(dy.shape) / channels,
      coverage: coverageOf(node),
      report: reportLength,
    });
    reportLength += STATISTICS;
  };

  const { graph: rewritten } = rewrite(graph, (node, inputs, target) => {
    if (forward.has(node)) {
      const outputs = target.apply(node.op, inputs, node.attrs);
      for (const [at, value] of node.outputs.entries()) {
        if (savings.has(value)) store(value, outputs[at]);
      }
      return outputs;
    }
    const used = node.inputs.map((value, at) =>
      savings.has(value) ? again(value, useOf(node, at, writes)) : inputs[at],
    );
    const outputs = target.apply(node.op, used, node.attrs);
    const weights = node.op.name === "conv2dWeightGrad" && consumers.has(node.inputs[0]);
    if (weights) watch(node, used[1], outputs[0]);
    return outputs;
  });
  return { graph: rewritten, values, reportLength };
}
