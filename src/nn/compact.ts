// Partial evaluation of a net over its vector: whatever the graph makes of parameters alone is worked out once and
// becomes a parameter itself. Batch normalisation with fixed statistics goes into the convolution or the linear
// layer in front of it (Jacob et al. 2017, arXiv 1712.05877, section 3.2).

import { interpret } from "../engine/reference/interpret.js";
import {
  type Graph,
  layoutOf,
  type Node,
  type Param,
  type ParamKind,
  type ParamLayout,
  read,
  type Value,
  WEIGHTS,
} from "../graph/index.js";
import { constantNodes, liveNodes, nodesOfVectors, type Rule, rewrite } from "../graph/rewrite.js";
import { initialise } from "./build.js";
import { fuse, type Net } from "./net.js";
import type { ParamSpec } from "./scope.js";

/** A net that computes no more than what depends on its images, and the vector that belongs to it. */
export interface CompactNet {
  readonly net: Net;
  /** All parameters, of the length of the net's layout. */
  readonly w: Float32Array;
}

/** A value that is worked out once, under the name of the parameter that it comes from. */
interface Known {
  readonly value: Value;
  readonly name: string;
  readonly kind: ParamKind;
}

/** Which nodes are known, and what the others take from them. */
interface Border {
  readonly fixed: ReadonlySet<Node>;
  readonly known: readonly Known[];
  /** Other shapes of known values: reshaping costs nothing, and parameters keep their own shapes. */
  readonly reshaped: ReadonlySet<Value>;
}

/** The parameter that a known value is made of in the first place. */
function sourceOf({ node }: Value, fixed: ReadonlySet<Node>, layout: ParamLayout): Param {
  const first = node.inputs.find((input) => fixed.has(input.node));
  if (first) return sourceOf(first, fixed, layout);
  return layout.params.find(({ offset }) => offset === node.attrs["offset"])!;
}

/** What a known value is called; the bias of a sum is named after its weights, whatever it is made of. */
function named(
  user: Node,
  at: number,
  source: (value: Value) => Param,
): Pick<Known, "name" | "kind"> {
  const isBias = at === 2 && (user.op.name === "conv2d" || user.op.name === "matmul");
  if (!isBias) return source(user.inputs[at]);
  const layer = source(user.inputs[1]).name.split(".").slice(0, -1);
  return { name: [...layer, "bias"].join("."), kind: "bias" };
}

function borderOf({ graph, layout, output }: Net): Border {
  const fixed = nodesOfVectors(graph, [WEIGHTS]);
  const live = liveNodes(graph, [output]);
  const known = new Map<Value, Known>();
  const reshaped = new Set<Value>();
  const names = new Set<string>();
  const add = (user: Node, at: number) => {
    let value = user.inputs[at];
    for (; value.node.op.name === "reshape"; value = value.node.inputs[0]) reshaped.add(value);
    if (known.has(value)) return;
    const { name, kind } = named(user, at, (from) => sourceOf(from, fixed, layout));
    let free = name;
    for (let count = 2; names.has(free); count++) free = `${name}.${count}`;
    names.add(free);
    known.set(value, { value, name: free, kind });
  };
  for (const user of graph.nodes) {
    if (!live.has(user) || fixed.has(user)) continue;
    for (const [at, { node }] of user.inputs.entries()) if (fixed.has(node)) add(user, at);
  }
  return { fixed, known: [...known.values()], reshaped };
}

/** Numbers of the known values, which the reference engine works out in double precision. */
function numbersOf(graph: Graph, { fixed, known }: Border, w: Float32Array): Float32Array[] {
  const free = constantNodes(graph);
  const { graph: copy, image } = rewrite(
    graph,
    (node) => (fixed.has(node) || free.has(node) ? undefined : []),
    known.map(({ value }) => value),
  );
  for (const { name, value } of known) copy.output(name, image(value));
  const numbers = interpret(copy, { vectors: { [WEIGHTS]: Float64Array.from(w) } });
  return known.map(({ name }) => Float32Array.from(numbers[name]));
}

function expectInference({ graph }: Net): void {
  if (graph.nodes.some(({ op }) => op.name === "write")) {
    throw new RangeError("compact: the net is built for training; build it with training: false");
  }
}

/** The smaller net; `numbers`, of its parameters in order, are asked for when somebody wants initial values. */
function smaller(fused: Net, border: Border, numbers: () => readonly Float32Array[]): Net {
  const { fixed, known, reshaped } = border;
  const specs: ParamSpec[] = known.map(({ value: { shape }, name, kind }, at) => ({
    ...{ name, shape, kind },
    init: (out) => out.set(numbers()[at]),
  }));
  const layout = layoutOf(specs.map(({ init: _, ...param }) => param));
  const offsets = new Map(layout.params.map(({ name, offset }) => [name, offset]));
  const places = new Map(known.map(({ value, name }) => [value, offsets.get(name)!]));
  const rule: Rule = (node, inputs, target) => {
    if (!fixed.has(node)) return node.op.name === "stopGradient" ? inputs : undefined;
    return node.outputs.flatMap((value) => {
      const offset = places.get(value);
      if (offset !== undefined) return [read(target, WEIGHTS, value.shape, offset)];
      return reshaped.has(value) ? target.apply(node.op, inputs, node.attrs) : [];
    });
  };
  const { graph, image } = rewrite(fused.graph, rule, [fused.output]);
  const params = known.map(({ value, name }) => [name, image(value)] as const);
  return { graph, layout, specs, params: new Map(params), output: image(fused.output) };
}

/**
 * The net that {@link compact} makes, as a pass: its shapes and names are the same for all parameters, so that nothing is
 * worked out before its initial values are asked for, which are those of the net given, worked out.
 *
 * @throws RangeError for a net that is built for training.
 * @example
 * const layer = sequential(conv2d(8, 3, { bias: false }), batchNorm(), relu());
 * const net = netOf({ layer, input: [3, 16, 16], passes: [compacted] }, 1, { training: false });
 * net.layout.params.map(({ name }) => name); // ["0.weight", "0.bias"]
 */
export const compacted = (net: Net): Net => {
  expectInference(net);
  const fused = fuse(net);
  const border = borderOf(fused);
  let numbers: readonly Float32Array[] | undefined;
  return smaller(
    fused,
    border,
    () => (numbers ??= numbersOf(fused.graph, border, initialise(net, 0))),
  );
};

/**
 * The net that computes the same with its parameters as they are: what depends on them alone is worked out, and
 * what nothing depends on is left out. Parameters keep their names as far as they are still there; a convolution
 * or linear layer that takes in what stood behind it may have a new `bias`.
 *
 * @param net built for inference
 * @param w all its parameters
 * @throws RangeError for a net that is built for training, or a vector of another length.
 * @example
 * const layer = sequential(conv2d(8, 3, { bias: false }), batchNorm(), relu());
 * const net = netOf({ layer, input: [3, 16, 16] }, 1, { training: false });
 * const small = compact(net, initialise(net, 1));
 * small.net.layout.params.map(({ name }) => name); // ["0.weight", "0.bias"]
 * [net.layout.length, small.w.length]; // [248, 224]
 */
export function compact(net: Net, w: Float32Array): CompactNet {
  if (w.length !== net.layout.length) {
    throw new RangeError(`compact: the net has ${net.layout.length} parameters, found ${w.length}`);
  }
  expectInference(net);
  const fused = fuse(net);
  const border = borderOf(fused);
  const numbers = numbersOf(fused.graph, border, w);
  const made = smaller(fused, border, () => numbers);
  return { net: made, w: initialise(made, 0) };
}
