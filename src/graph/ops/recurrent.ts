// A layer that goes along a line step by step: long short-term memory.

import { formatShape } from "../../tensor/shape.js";
import { expectDtype, expectShape } from "../expect.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";
import { matmul } from "./matmul.js";
import { pad, reshape, slice } from "./shape.js";

/** Which end of the line it begins at. */
interface LstmAttrs extends Record<string, boolean> {
  readonly reverse: boolean;
}

/** [n, steps, units] of gates [n, steps, 4 units] and recurrent weights [units, 4 units]. */
function sizesOf(op: string, gates: TensorType, recurrent: TensorType) {
  expectDtype(op, "f32", gates, recurrent);
  const [n, steps, width] = gates.shape;
  const units = width / 4;
  if (gates.shape.length !== 3 || !Number.isInteger(units)) {
    throw new RangeError(`${op}: gates ${formatShape(gates.shape)} are not [n, steps, 4 units]`);
  }
  expectShape(op, "recurrent weights", [units, 4 * units], recurrent);
  return [n, steps, units];
}

// Besides the hidden states it gives what the backward pass needs: the gates behind their functions, and the cells.

export const lstmOp: Op<LstmAttrs> = {
  name: "lstm",
  infer([gates, recurrent]) {
    const [n, steps, units] = sizesOf("lstm", gates, recurrent);
    const f32 = (width: number): TensorType => ({ dtype: "f32", shape: [n, steps, width] });
    return [f32(units), f32(4 * units), f32(units)];
  },
  gradient({ inputs: [, recurrent], outputs: [hidden, gates, cells], attrs }, [dy]) {
    if (!dy) return [undefined, undefined];
    const slope = lstmGrad(dy, recurrent, gates, cells, attrs.reverse);
    const [n, steps, units] = hidden.shape;
    // Each step's gates saw the hidden state of the step before it.
    const [from, before, after] = attrs.reverse ? [1, 0, 1] : [0, 1, 0];
    const seen =
      steps === 1
        ? undefined
        : pad(slice(hidden, [0, from, 0], [n, steps - 1, units]), [0, before, 0], [0, after, 0]);
    const rows = (value: Value) => reshape(value, [n * steps, value.shape[2]]);
    return [slope, seen && matmul(rows(seen), rows(slope), { transposeA: true })];
  },
  flops: ({ inputs: [gates, recurrent] }) => {
    const [n, steps, width] = gates.shape;
    return n * steps * (2 * recurrent.shape[0] * width + 10 * width);
  },
};

// The derivative by the gates before their functions.

export const lstmGradOp: Op<LstmAttrs> = {
  name: "lstmGrad",
  infer([dy, recurrent, gates, cells]) {
    const shape = sizesOf("lstmGrad", gates, recurrent);
    expectDtype("lstmGrad", "f32", dy, cells);
    expectShape("lstmGrad", "gradient", shape, dy);
    expectShape("lstmGrad", "cells", shape, cells);
    return [{ dtype: "f32", shape: gates.shape }];
  },
  flops: ({ inputs: [, recurrent, gates] }) => {
    const [n, steps, width] = gates.shape;
    return n * steps * (2 * recurrent.shape[0] * width + 10 * width);
  },
};

/** The derivative by the gates of {@link lstm}, from that by its hidden states and from what it kept. */
export const lstmGrad = (
  dy: Value,
  recurrent: Value,
  gates: Value,
  cells: Value,
  reverse: boolean,
): Value => apply(lstmGradOp, [dy, recurrent, gates, cells], { reverse });

/**
 * Hidden states [n, steps, units] of long short-term memory (Hochreiter and Schmidhuber 1997, doi
 * 10.1162/neco.1997.9.8.1735), with forget gates (Gers, Schmidhuber and Cummins 2000), as in PyTorch: i, f, o = sigmoid, g =
 * tanh of the gates, c = f c + i g, h = o tanh(c), from zeros.
 *
 * @param gates [n, steps, 4 units]: what the input gives to i, f, g and o, biases with it
 * @param recurrent [units, 4 units]: what hidden states give to them
 * @param reverse whether it begins at the last step; default false
 * @throws RangeError when the shapes do not fit.
 * @example
 * const gates = input(new Graph(), "gates", [8, 64, 4 * 32]);
 * lstm(gates, read(gates.graph, "w", [32, 4 * 32])).shape; // [8, 64, 32]
 */
export const lstm = (gates: Value, recurrent: Value, reverse = false): Value =>
  gates.graph.apply(lstmOp, [gates, recurrent], { reverse })[0];
