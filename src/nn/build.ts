// From a layer and an input shape to a graph and the layout of its parameters.

import { Graph, input, layoutOf, type Value } from "../graph/index.js";
import { Random } from "../tensor/philox.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Net } from "./net.js";
import { type Block, type Layer, Scope, ScopeState } from "./scope.js";

/** Name under which programs bind the images. */
export const IMAGES = "x";

/** A net as its layers have built it, with the places of its blocks in the graph. */
export interface BuiltNet extends Net {
  /** Named blocks; a block stands behind the blocks it is made of. */
  readonly blocks: readonly Block[];
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
  /** Whether the net keeps what layers have marked, which passes then cannot join with what comes behind; default false. */
  readonly marks?: boolean;
}

function trace(layer: Layer, shape: Shape, training: boolean, state: ScopeState): Value {
  return layer(input(new Graph(), IMAGES, shape), new Scope(training, "", state));
}

/**
 * Builds a layer on inputs of `shape`, batch first, as it is written: a graph with the input `x` that reads the
 * vector `w`. Programs are made of what {@link netOf} gives. `training` puts batch statistics and dropout in force.
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
  { training, momentum, ghost, marks = false }: BuildOptions,
): BuiltNet {
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
    ...(marks && { marks: state.marks }),
    output,
  };
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
