// What the gradients of the normalisations share: they differ only in which numbers share statistics, which is
// the engines' business.

import { sizeOf } from "../tensor/shape.js";
import type { Activation } from "./activation.js";
import { expectDtype, expectShape } from "./expect.js";
import type { Node, Op, Value } from "./graph.js";

/** Attributes of every normalisation. */
export interface NormAttrs extends Record<string, number | string | boolean> {
  readonly eps: number;
  readonly activation: Activation;
}

/** Operands of a gradient that is not given the result. */
const OPERANDS = 6;

const names = new Set(["batchNormGrad", "groupNormGrad"]);

/**
 * The gradient of a normalisation, `forward`: dx, those of scale and shift, and on demand that of the residual.
 */
export function normGradOp<A extends NormAttrs>(
  name: string,
  forward: () => Op<A>,
): Op<A & { readonly residual: boolean }> {
  return {
    name,
    takesHalf: true,
    infer(operands, attrs) {
      const [dy, x, gamma, beta, mean, variance, y] = operands;
      expectDtype(name, "f32", ...operands);
      const [images, perChannel] = [forward().infer([x, gamma, beta], attrs), gamma.shape];
      for (const value of [dy, y]) expectShape(name, "a gradient or result", x.shape, value);
      for (const value of [mean, variance]) expectShape(name, "statistics", images[1].shape, value);
      const slope = { dtype: "f32", shape: perChannel } as const;
      return [images[0], slope, slope, ...(attrs.residual ? [images[0]] : [])];
    },
    flops: ({ inputs: [dy] }) => 11 * sizeOf(dy.shape),
  };
}

/** Operands of such a gradient: `y` takes part where there was a residual and an activation behind it. */
export const normGradOperands = (
  operands: readonly Value[],
  { activation }: NormAttrs,
  y?: Value,
): readonly Value[] => (y && activation !== "none" ? [...operands, y] : operands);

/** Whether a node reads nothing but the signs of its operand at a place: the result, for the mask of a ReLU. */
export const readsSigns = ({ op, attrs }: Node, at: number): boolean =>
  names.has(op.name) && at === OPERANDS && attrs["activation"] === "relu";

/**
 * Input and result of the normalisation whose activation's mask a node works out from the input again; undefined
 * for any other node. From an input that was rounded in between, the mask would be another one.
 */
export function maskOf({ op, inputs, attrs }: Node): { x: Value; y: Value } | undefined {
  const works = attrs["activation"] !== "none" && inputs.length === OPERANDS;
  if (!names.has(op.name) || !works) return undefined;
  const [, x, , , mean] = inputs;
  return { x, y: mean.node.outputs[0] };
}
