// Where the gradient of a normalisation takes the mask of its activation from: it is worked out from the input
// again, unless the result is given. From an input that was rounded in between, the mask would be another one.

import type { Node, Value } from "./graph.js";

const gradients = new Set(["batchNormGrad", "groupNormGrad"]);
/** Operands of a gradient that is not given the result. */
const OPERANDS = 6;

/** Input and result of the normalisation whose mask a node works out from the input; undefined for any other node. */
export function maskOf({ op, inputs, attrs }: Node): { x: Value; y: Value } | undefined {
  const works = attrs["activation"] !== "none" && inputs.length === OPERANDS;
  if (!gradients.has(op.name) || !works) return undefined;
  const [, x, , , mean] = inputs;
  return { x, y: mean.node.outputs[0] };
}
