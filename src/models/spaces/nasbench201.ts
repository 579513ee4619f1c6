// The cells of NAS-Bench-201 (Dong and Yang 2020, "NAS-Bench-201: Extending the scope of reproducible neural architecture
// search", arXiv 2001.00326): four nodes, each the sum of all nodes before it after one of five operations. Stages of 16, 32
// and 64 channels with five equal cells each, residual blocks between them. Trained to the end, all 15,625 are published.

import { add, constant, mul, type Value } from "../../graph/index.js";
import {
  avgPool,
  batchNorm,
  conv2d,
  globalAvgPool,
  type Layer,
  linear,
  relu,
  residual,
  sequential,
} from "../../nn/index.js";
import type { Settings } from "../../search/index.js";
import type { ArchitectureSpace } from "./space.js";

/** ReLU, convolution, normalisation. */
const preactivated = (channels: number, kernel: number, strides = 1): Layer =>
  sequential({
    relu: relu(),
    conv: conv2d(channels, kernel, { strides, padding: (kernel - 1) / 2, bias: false }),
    bn: batchNorm(),
  });

/** Operations on an edge; `none` lets nothing through. */
const operations: Readonly<Record<string, (channels: number) => Layer | undefined>> = {
  none: () => undefined,
  skip: () => (x) => x,
  conv1: (channels) => preactivated(channels, 1),
  conv3: (channels) => preactivated(channels, 3),
  pool: () => avgPool(3, { strides: 1, padding: 1, countPadding: false }),
};

/** Nodes of a cell; the first is its input. */
const NODES = 4;

/** Nodes before a node. */
const before = (node: number) => Array.from({ length: node }, (_, from) => from);
const nodes = before(NODES).slice(1);

const edge = (node: number, from: number) => `node${node}.${from}`;

/** The images' zeros: what reaches a node to which no edge leads. */
const nothing = (x: Value): Value => mul(x, constant(x.graph, 0));

function cell(genes: Settings, channels: number): Layer {
  return (x, scope) => {
    const values = [x];
    for (const node of nodes) {
      const terms = before(node).flatMap((from) => {
        const operation = operations[genes[edge(node, from)] as string](channels);
        return operation ? [scope.apply(edge(node, from), operation, values[from])] : [];
      });
      values.push(terms.length > 0 ? terms.reduce((sum, term) => add(sum, term)) : nothing(x));
    }
    return values[NODES - 1];
  };
}

/** Means of four pixels; of images of an odd size the last ones are of fewer. */
const halved: Layer = (x, scope) => {
  const [bottom, right] = x.shape.slice(2).map((size) => size % 2);
  return avgPool(2, { padding: [0, 0, bottom, right], countPadding: false })(x, scope);
};

/** Halves images: two convolutions beside the mean of four pixels and a 1x1 convolution. */
const reduction = (channels: number): Layer =>
  residual(sequential({ a: preactivated(channels, 3, 2), b: preactivated(channels, 3) }), {
    shortcut: sequential({ pool: halved, conv: conv2d(channels, 1, { bias: false }) }),
  });

const CHANNELS = [16, 32, 64];
const CELLS = 5;

/** Cells of a stage, behind what halves images in all but the first. */
const stage = (genes: Settings, channels: number, at: number): Layer =>
  sequential({
    ...(at > 0 && { reduce: reduction(channels) }),
    ...Object.fromEntries(
      Array.from({ length: CELLS }, (_, number) => [`cell${number + 1}`, cell(genes, channels)]),
    ),
  });

export const nasbench201: ArchitectureSpace = {
  name: "nasbench201",
  description: "15 equal cells of four nodes and five operations: 15,625 nets",
  source: "Dong and Yang 2020, arXiv 2001.00326",
  smallest: 4,
  published: { channels: 3, height: 32, width: 32, outputs: 10 },
  genes: nodes.flatMap((node) =>
    before(node).map((from) => ({
      name: edge(node, from),
      kind: "choice" as const,
      of: Object.keys(operations),
    })),
  ),
  create: (genes, { outputs }) => ({
    body: {
      layer: sequential({
        stem: sequential({
          conv: conv2d(CHANNELS[0], 3, { padding: 1, bias: false }),
          bn: batchNorm(),
        }),
        ...Object.fromEntries(
          CHANNELS.map((channels, at) => [`stage${at + 1}`, stage(genes, channels, at)]),
        ),
        bn: batchNorm(),
        relu: relu(),
      }),
      stages: CHANNELS.map((_, at) => `stage${at + 1}`),
    },
    head: sequential({ pool: globalAvgPool(), fc: linear(outputs) }),
    defaults: { optimizer: "nesterov", lr: 0.1, decay: 5e-4 },
  }),
};
