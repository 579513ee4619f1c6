// From a layer and an input shape to a graph and the layout of its parameters.

import { Graph, input, layoutOf, type ParamLayout, type Value } from "../graph/index.js";
import { foldChannels } from "../graph/passes/foldChannels.js";
import { fuseEpilogues } from "../graph/passes/fuseEpilogues.js";
import { poolBeforeRelu } from "../graph/passes/poolBeforeRelu.js";
import { Random } from "../tensor/philox.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import { type Block, type Layer, type ParamSpec, Scope, ScopeState } from "./scope.js";

/** Name under which programs bind the images. */
export const IMAGES = "x";

/** A net on a given input: the graph as far as the layer's output, ready for a loss. */
export interface Net {
  readonly graph: Graph;
  readonly layout: ParamLayout;
  readonly specs: readonly ParamSpec[];
  /** The graph's value of each parameter, by name. */
  readonly params: ReadonlyMap<string, Value>;
  /** Named blocks; a block stands behind the blocks it is made of. */
  readonly blocks: readonly Block[];
  readonly output: Value;
}

/** How a net is built. */
export interface BuildOptions {
  /** Batch statistics, dropout and the like are in force. */
  readonly training: boolean;
  /** Weight of a new batch in all running statistics; default each layer's own. */
  readonly momentum?: (graph: Graph) => Value;
  /**
   * Batch norm takes its statistics over so many images at a time, not over the whole batch (ghost batch
   * norm, Hoffer, Hubara and Soudry 2017, arXiv 1705.08741); default the whole batch.
   */
  readonly ghost?: number;
}

function trace(layer: Layer, shape: Shape, training: boolean, state: ScopeState): Value {
  return layer(input(new Graph(), IMAGES, shape), new Scope(training, "", state));
}

/**
 * Builds a layer on inputs of `shape`, batch first: a graph with the input `x` that reads the vector `w`.
 * `training` puts batch statistics and dropout in force.
 *
 * @throws RangeError from the first layer that the shape does not fit.
 * @example
 * const net = build(sequential(flatten(), linear(10)), [64, 1, 28, 28], { training: true });
 * net.output.shape; // [64, 10]
 * net.layout.params[0]; // { name: "1.weight", shape: [10, 784], kind: "weight", offset: 0 }
 */
export function build(
  layer: Layer,
  shape: Shape,
  { training, momentum, ghost }: BuildOptions,
): Net {
  const collect = new ScopeState();
  trace(layer, shape, training, collect);
  const layout = layoutOf(collect.specs.map(({ init: _, ...param }) => param));
  const offsets = new Map(layout.params.map(({ name, offset }) => [name, offset]));
  const state = new ScopeState(offsets, momentum, ghost);
  const output = trace(layer, shape, training, state);
  return {
    graph: output.graph,
    layout,
    specs: collect.specs,
    params: state.values,
    blocks: state.blocks,
    output,
  };
}

/** Passes of a net before it gets a loss, in order. */
const passes = [poolBeforeRelu, foldChannels, fuseEpilogues];

/** The net with ReLUs, fixed statistics and residual sums where they cost least; see the passes. */
export function fuse(net: Net): Omit<Net, "blocks"> {
  const { layout, specs, params, output } = net;
  let { graph } = net;
  let kept = [output, ...params.values()];
  for (const pass of passes) {
    const rewritten = pass(graph, kept);
    graph = rewritten.graph;
    kept = kept.map(rewritten.image);
  }
  const [image, ...images] = kept;
  const named = [...params.keys()].map((name, at) => [name, images[at]] as const);
  return { graph, layout, specs, params: new Map(named), output: image };
}

/**
 * Initial parameters of a net: a vector of `layout.length` numbers, the same for the same seed on
 * every engine. Particles (nets of a swarm) with different numbers start differently.
 *
 * @example
 * const net = build(linear(2), [1, 3], { training: true });
 * const w = initialise(net, 1);
 * w.length; // 8
 * [...w.subarray(6)]; // [0, 0]
 */
export function initialise(
  net: Pick<Net, "layout" | "specs">,
  seed: number,
  particle = 0,
): Float32Array {
  const vector = new Float32Array(net.layout.length);
  const inits = new Map(net.specs.map((spec) => [spec.name, spec.init]));
  for (const [at, { name, shape, offset }] of net.layout.params.entries()) {
    const random = new Random({ seed, purpose: "init", particle }, at);
    inits.get(name)!(vector.subarray(offset, offset + sizeOf(shape)), shape, random);
  }
  return vector;
}
