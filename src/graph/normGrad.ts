// What the gradients of the normalisations share: they differ only in which numbers share statistics, which is
// the engines' business.

import { sizeOf } from "../tensor/shape.js";
import type { Activation } from "./activation.js";
import type { Node, Op, Value } from "./graph.js";

/** Attributes of every normalisation. */
export interface NormAttrs extends Record<string, number | string | boolean> {
  readonly eps: number;
  readonly activation: Activation;
}

/** Operands of a gradient that is not given the result. */
const OPERANDS = 6;

const names = new Set(["batchNormGrad", "groupNormGrad"]);

/** The gradient of a normalisation: dx, those of scale and shift, and on demand that of the residual. */
export function normGradOp<A extends NormAttrs>(
  name: string,
): Op<A & { readonly residual: boolean }> {
  return {
    name,
    infer: ([dy, , gamma], { residual }) => [
      { dtype: "f32", shape: dy.shape },
      { dtype: "f32", shape: gamma.shape },
      { dtype: "f32", shape: gamma.shape },
      ...(residual ? [{ dtype: "f32" as const, shape: dy.shape }] : []),
    ],
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
