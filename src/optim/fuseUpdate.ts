// An update rule inside the pass that makes the gradient: each parameter moves as soon as its gradient is there and
// nothing needs its old numbers any more. So the gradient takes no vector of its own, and is in a core's caches
// when it is used. As in "optimizer in the backward pass" (LOMO: Lv et al. 2023, arXiv 2306.09782).

import {
  constant,
  GRADIENT,
  Graph,
  mul,
  type Node,
  normal,
  type ParamLayout,
  read,
  reduceSum,
  reshape,
  type Value,
  WEIGHTS,
} from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import { sizeOf } from "../tensor/shape.js";
import { normsOf } from "./norms.js";
import type { FirstOrder, Optimizer, RuleInput } from "./optimizer.js";
import { type Slice, sliceOf } from "./slice.js";
import { applyRule } from "./update.js";

/** Asked by a rule that looks beyond a parameter's own numbers. */
type Beyond = Pick<RuleInput, "noise"> & { readonly all: (x: Value) => Value };

const never: Beyond = {
  all: () => {
    throw new Error("a fused rule asked for the norm of the whole net");
  },
  noise: () => {
    throw new Error("a fused rule asked for random numbers");
  },
};

/** Appends a rule's step for one parameter, as a part of its own. */
function applyTo(rule: FirstOrder, part: Slice, grad: Value, beyond: Beyond): void {
  const { from, layout } = part;
  const size = layout.trainable;
  const { graph } = grad;
  const [{ kind, rate = 1 }] = layout.params;
  applyRule(
    rule,
    part,
    {
      w: read(graph, WEIGHTS, [size], from),
      grad: reshape(grad, [size]),
      decayMask: constant(graph, kind === "weight" ? 1 : 0),
      scaleMask: () => constant(graph, kind === "scale" ? 1 : 0),
      ...(rate !== 1 && { rate: constant(graph, rate) }),
      norm: { ...normsOf(layout), all: beyond.all },
      noise: beyond.noise,
    },
    from,
  );
}

/**
 * Whether an optimizer moves each parameter by its own numbers alone, once a step: not if it takes its gradient
 * elsewhere, draws random numbers or takes the norm of the whole net.
 *
 * @example
 * [isLocal(getOptimizer("lars")), isLocal(getOptimizer("clip-norm(lars)"))]; // [true, false]
 */
export function isLocal(optimizer: Optimizer): optimizer is FirstOrder {
  if (!("rule" in optimizer) || optimizer.probe) return false;
  let local = true;
  const beyond = <T>(value: T): T => {
    local = false;
    return value;
  };
  const net: ParamLayout = {
    params: [{ name: "weight", shape: [1], offset: 0, kind: "weight" }],
    length: 1,
    trainable: 1,
  };
  const grad = read(new Graph(), GRADIENT, [1]);
  applyTo(optimizer, sliceOf(net, 0, 1), grad, {
    all: (x) => beyond(reduceSum(mul(x, x))),
    noise: () => beyond(normal(grad.graph, [1], 0)),
  });
  return local;
}

/** A parameter's gradient, and the node behind which nothing needs its old numbers any more. */
interface Ready {
  readonly offset: number;
  readonly grad: Value;
  readonly behind: number;
}

/** All gradients that a training graph writes, in the order in which they can be used. */
function gradientsOf({ nodes }: Graph): Ready[] {
  const named = (op: string, vector: string) =>
    nodes.filter((node) => node.op.name === op && node.attrs["vector"] === vector);
  const reads = named("read", WEIGHTS);
  const overlapping = (from: number, to: number) =>
    reads.filter(({ attrs, outputs }) => {
      const offset = attrs["offset"] as number;
      return offset < to && offset + sizeOf(outputs[0].shape) > from;
    });
  const lastUse = new Map<Node, number>();
  for (const node of nodes) for (const input of node.inputs) lastUse.set(input.node, node.id);
  return named("write", GRADIENT)
    .map(({ inputs: [grad], attrs }) => {
      const offset = attrs["offset"] as number;
      const uses = overlapping(offset, offset + sizeOf(grad.shape)).map(
        (node) => lastUse.get(node) ?? -1,
      );
      return { offset, grad, behind: Math.max(grad.node.id, ...uses) };
    })
    .sort((a, b) => a.behind - b.behind);
}

/**
 * A training graph that moves the weights in place of writing their gradient: reads and writes `w` and the
 * vectors `state.<name>` of the rule, and binds its numbers as scalars. For optimizers that are local.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const labels = { kind: "class", of: Int32Array.of(), classes: [..."0123456789"] } as const;
 * const { graph, layout } = trainingGraph(ask(model, classification, labels), 64);
 * const fused = fuseUpdate(graph, getRule("momentum"), layout);
 * new Set(fused.nodes.filter(({ op }) => op.name === "write").map(({ attrs }) => attrs.vector));
 * // new Set(["w", "state.velocity"])
 */
export function fuseUpdate(graph: Graph, rule: FirstOrder, net: ParamLayout): Graph {
  const waiting = gradientsOf(graph);
  return rewrite(graph, (node, _inputs, _target, image) => {
    while (waiting.length > 0 && waiting[0].behind < node.id) {
      const { offset, grad } = waiting.shift()!;
      applyTo(rule, sliceOf(net, offset, offset + sizeOf(grad.shape)), image(grad), never);
    }
    return node.op.name === "write" && node.attrs["vector"] === GRADIENT ? [] : undefined;
  }).graph;
}
