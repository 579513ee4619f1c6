// What all pointwise ops share: the shape rule, and the sum that undoes broadcasting in a gradient.

import { broadcastShapes, sameShape } from "../tensor/shape.js";
import type { Attrs, Node, Op, TensorType, Value } from "./graph.js";
import { reduceSum } from "./ops/reduce.js";
import { reshape } from "./ops/shape.js";

type NoAttrs = Record<string, never>;

function inferBroadcast(inputs: readonly TensorType[]): TensorType[] {
  for (const { dtype } of inputs) {
    if (dtype !== "f32") throw new RangeError(`expected f32 operands, found ${dtype}; use cast`);
  }
  return [{ dtype: "f32", shape: inputs.map((i) => i.shape).reduce(broadcastShapes) }];
}

/** Sums a gradient over the axes along which an operand was broadcast. */
export function sumTo(grad: Value, operand: TensorType): Value {
  if (sameShape(grad.shape, operand.shape)) return grad;
  const missing = grad.shape.length - operand.shape.length;
  const axes = grad.shape.flatMap((size, axis) =>
    axis < missing || (operand.shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(reduceSum(grad, axes), operand.shape);
}

/**
 * Defines a pointwise op. `gradient` returns the gradient of each operand at the output's shape;
 * the sum over broadcast axes is added here.
 */
export function pointwise<A extends Attrs = NoAttrs>(
  name: string,
  gradient?: (node: Node<A>, grad: Value) => (Value | undefined)[],
): Op<A> {
  return {
    name,
    pointwise: true,
    infer(inputs) {
      try {
        return inferBroadcast(inputs);
      } catch (error) {
        throw new RangeError(`${name}: ${(error as Error).message}`);
      }
    },
    gradient:
      gradient &&
      ((node, [grad]) =>
        gradient(node, grad!).map((own, at) => own && sumTo(own, node.inputs[at]))),
  };
}
