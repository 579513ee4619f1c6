// What the layers of a net have to compute, and what bits of them cost.

import { graphMacs, nodeMacs } from "../../graph/index.js";
import type { Net } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { FULL, type QuantisableLayer, quantisableLayers } from "../places.js";
import type { Quantisation } from "../quantisation.js";

/** Work of a layer on one image. */
export interface BitWork {
  readonly name: string;
  /** Name of its weights. */
  readonly weights: string;
  /** How many weights it has, and outputs that these belong to. */
  readonly numbers: number;
  readonly outputs: number;
  readonly macs: number;
  /** Layers that take the same images have the same bits; none where a layer is alone. */
  readonly tie?: string;
}

/** The layers of a net as it is built for one image, with what they cost; one that is used several times is there once. */
export function bitWork(net: Net): BitWork[] {
  const all = quantisableLayers(net);
  const layers = all.filter(({ name }, at) => all.findIndex((one) => one.name === name) === at);
  const sharing = ({ node }: QuantisableLayer) =>
    layers.filter((other) => other.node.inputs[0] === node.inputs[0]);
  return layers.map((layer) => {
    const { name, weights, node } = layer;
    const [, { shape }] = node.inputs;
    const [first, ...others] = sharing(layer);
    const uses = all.filter((one) => one.name === name);
    const macs = uses.reduce((sum, use) => sum + nodeMacs(use.node), 0);
    return {
      ...{ name, weights, numbers: sizeOf(shape), outputs: shape[0], macs },
      ...(others.length > 0 && { tie: first.name }),
    };
  });
}

/** A way to count what bits cost: the work of a layer times a power of its bits. */
interface CostKind {
  /** What it is called in messages. */
  readonly title: string;
  work(layer: BitWork): number;
  readonly power: number;
  /** The work of a whole net, as it is built for one image. */
  whole(net: Net): number;
  /** Bits of the images that a layer takes; absent: as many as its weights have. */
  readonly images?: number;
}

/**
 * How bits cost: `size`, bits of all weights, where images have 8 bits; or `bops`, multiply-adds times bits of weights times
 * bits of images, which are as many (Yao et al. 2020, HAWQ-V3, arXiv 2011.10680). A new way is a row.
 */
export const bitCosts: Readonly<Record<"size" | "bops", CostKind>> = {
  size: {
    title: "size",
    work: ({ numbers }) => numbers,
    power: 1,
    whole: ({ layout }) => layout.length,
    images: 8,
  },
  bops: {
    title: "number of bit operations",
    work: ({ macs }) => macs,
    power: 2,
    whole: ({ graph }) => graphMacs(graph),
  },
};
export type BitCost = keyof typeof bitCosts;

/** What layers cost that all have so many bits. */
export function costOf(cost: BitCost, layers: readonly BitWork[], bits: number): number {
  const { work, power } = bitCosts[cost];
  return layers.reduce((sum, layer) => sum + work(layer), 0) * bits ** power;
}

/** Bit operations of a net on one image: multiply-adds times bits of both factors; of layers in f32 32 times 32. */
export function bitOperations(net: Net, { layers }: Pick<Quantisation, "layers">): number {
  const saved = bitWork(net).map(({ name, macs }) => {
    const [weights, images] = layers[name] ?? [FULL, FULL];
    return macs * (FULL * FULL - weights * images);
  });
  return saved.reduce((sum, less) => sum - less, FULL * FULL * graphMacs(net.graph));
}
