// Moves a ReLU or ReLU6 into the convolution, matrix product or normalisation in front of it, and a residual
// sum into the convolution or normalisation, so that engines finish the value in the same pass and the
// gradient needs neither the sum nor the value before the activation. Runs before differentiation.

import { sameShape } from "../../tensor/shape.js";
import { type Activation, isActivation } from "../activation.js";
import type { Graph, Node, Value } from "../graph.js";
import { countUses, liveNodes, type Rewritten, type Rule, rewrite } from "../rewrite.js";

/** What a node takes over from the nodes behind it. */
interface Epilogue {
  readonly residual?: Value;
  readonly activation: Activation;
}

const hosts = new Set(["conv2d", "matmul", "batchNorm", "groupNorm"]);

/** Operands of the hosts that can add a residual, which is one more. */
const operandsBeforeResidual: Readonly<Record<string, number>> = {
  conv2d: 3,
  batchNorm: 3,
  groupNorm: 3,
};

/** For every value used exactly once, by a node: that node. */
function soleConsumers(graph: Graph, keep: readonly Value[]): Map<Value, Node> {
  const uses = countUses(graph, keep);
  const sole = new Map<Value, Node>();
  for (const node of liveNodes(graph, keep)) {
    for (const value of node.inputs) if (uses.get(value) === 1) sole.set(value, node);
  }
  return sole;
}

/** The other operand of a sum that the host can take: same shape and made before it. */
function residualOf(host: Node, value: Value, sum: Node | undefined): Value | undefined {
  const room = host.inputs.length === operandsBeforeResidual[host.op.name];
  if (sum?.op.name !== "add" || !room) return;
  const other = sum.inputs[0] === value ? sum.inputs[1] : sum.inputs[0];
  const fits = sameShape(other.shape, value.shape) && other.node.id < host.id;
  return fits ? other : undefined;
}

/** The fused graph, with everything that its outputs, its writes and the values to keep need. */
export function fuseEpilogues(graph: Graph, keep: readonly Value[] = []): Rewritten {
  const sole = soleConsumers(graph, keep);
  const epilogues = new Map<Node, Epilogue>();
  const absorbed = new Map<Node, Value>();
  for (const host of graph.nodes) {
    if (!hosts.has(host.op.name) || host.attrs["activation"] !== "none") continue;
    let value = host.outputs[0];
    const sum = sole.get(value);
    const residual = residualOf(host, value, sum);
    if (residual && sum) {
      absorbed.set(sum, value);
      value = sum.outputs[0];
    }
    const next = sole.get(value);
    const activation = next && isActivation(next.op.name) ? next.op.name : "none";
    if (next && activation !== "none") absorbed.set(next, value);
    if (residual || activation !== "none") epilogues.set(host, { residual, activation });
  }
  const rule: Rule = (node, inputs, target, image) => {
    const through = absorbed.get(node);
    if (through) return [image(through)];
    const epilogue = epilogues.get(node);
    if (!epilogue) return undefined;
    const { residual, activation } = epilogue;
    const operands = residual ? [...inputs, image(residual)] : inputs;
    return target.apply(node.op, operands, { ...node.attrs, activation });
  };
  return rewrite(graph, rule, keep);
}
