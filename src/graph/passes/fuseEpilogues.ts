// Moves a ReLU into the convolution, matrix product or batch normalisation in front of it, and a
// residual sum into the convolution or batch normalisation, so that engines finish the value in the same
// pass and the gradient needs neither the sum nor the value before the ReLU. Runs before differentiation.

import { sameShape } from "../../tensor/shape.js";
import type { Attrs, Graph, Node, Value } from "../graph.js";
import { countUses, liveNodes, type Rewritten, type Rule, rewrite } from "../rewrite.js";

/** What a node takes over from the nodes behind it. */
interface Epilogue {
  readonly residual?: Value;
  /** Attributes that say which rectifier it ends with, if any. */
  readonly rectifier?: Attrs;
}

const relu: Attrs = { relu: true };

/** What each host can end with, by the op behind it. */
const hosts: Readonly<Record<string, Readonly<Record<string, Attrs>>>> = {
  conv2d: { relu, relu6: { relu: true, ceiling: 6 } },
  matmul: { relu },
  batchNorm: { relu },
};

/** Operands of the hosts that can add a residual, which is one more. */
const operandsBeforeResidual: Readonly<Record<string, number>> = { conv2d: 3, batchNorm: 3 };

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
    const endings = hosts[host.op.name];
    if (!endings || host.attrs["relu"]) continue;
    let value = host.outputs[0];
    const sum = sole.get(value);
    const residual = residualOf(host, value, sum);
    if (residual && sum) {
      absorbed.set(sum, value);
      value = sum.outputs[0];
    }
    const next = sole.get(value);
    const rectifier = next && endings[next.op.name];
    if (rectifier) absorbed.set(next, value);
    if (residual || rectifier) epilogues.set(host, { residual, rectifier });
  }
  const rule: Rule = (node, inputs, target, image) => {
    const through = absorbed.get(node);
    if (through) return [image(through)];
    const epilogue = epilogues.get(node);
    if (!epilogue) return undefined;
    const { residual, rectifier } = epilogue;
    const operands = residual ? [...inputs, image(residual)] : inputs;
    return target.apply(node.op, operands, { ...node.attrs, ...rectifier });
  };
  return rewrite(graph, rule, keep);
}
