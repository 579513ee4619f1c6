// Matrix product, batched when the operands have three axes. `bias` and `activation` are filled by layers
// and the fusion pass, so that an engine can finish the product in one go.

import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import { type Activation, beforeActivation } from "../activation.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { reduceSum } from "./reduce.js";

interface MatmulAttrs extends Record<string, boolean | string> {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation: Activation;
}

/** Options of {@link matmul}. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** f32 [columns], added to every row. */
  readonly bias?: Value;
  /** Default "none". */
  readonly activation?: Activation;
}

export const matmulOp: Op<MatmulAttrs> = {
  name: "matmul",
  takesHalf: true,
  infer([a, b, bias], { transposeA, transposeB }) {
    expectDtype("matmul", "f32", a, b, bias);
    const rank = a.shape.length;
    const [m, k] = transposeA ? [a.shape[rank - 1], a.shape[rank - 2]] : a.shape.slice(-2);
    const [k2, n] = transposeB ? [b.shape[rank - 1], b.shape[rank - 2]] : b.shape.slice(-2);
    if (
      (rank !== 2 && rank !== 3) ||
      b.shape.length !== rank ||
      k !== k2 ||
      (rank === 3 && a.shape[0] !== b.shape[0]) ||
      (bias && !sameShape(bias.shape, [n]))
    ) {
      throw new RangeError(
        `matmul: ${formatShape(a.shape)}${transposeA ? "ᵀ" : ""} x ${formatShape(b.shape)}${transposeB ? "ᵀ" : ""}` +
          `${bias ? ` + ${formatShape(bias.shape)}` : ""} do not fit`,
      );
    }
    return [{ dtype: "f32", shape: [...a.shape.slice(0, rank - 2), m, n] }];
  },
  gradient({ inputs: [a, b, bias], attrs, outputs: [y] }, [dy]) {
    const { transposeA, transposeB, activation } = attrs;
    const d = beforeActivation(activation, dy!, y);
    const da = transposeA
      ? matmul(b, d, { transposeA: transposeB, transposeB: true })
      : matmul(d, b, { transposeB: !transposeB });
    const db = transposeB
      ? matmul(d, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, d, { transposeA: !transposeA });
    const rows = d.shape.slice(0, -1).map((_, axis) => axis);
    return bias ? [da, db, reduceSum(d, rows)] : [da, db];
  },
  loops({ inputs: [a], attrs: { transposeA }, outputs: [y] }) {
    const [stack, [rows, columns]] = [sizeOf(y.shape.slice(0, -2)), y.shape.slice(-2)];
    const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)];
    return {
      ...{ batch: rows, inputs: stack * inner, outputs: stack * columns, groups: stack },
      ...{ kernel: [1, 1], places: [1, 1] },
    };
  },
};

/**
 * `a` [m, k] times `b` [k, n], or a stack of each, [s, m, k] times [s, k, n]. Either is transposed on
 * demand (its last two axes); plus `bias` [n] and then an `activation` on demand.
 *
 * @throws RangeError when the shapes do not fit.
 * @example
 * const x = input(new Graph(), "x", [64, 784]);
 * const w = read(x.graph, "w", [10, 784]);
 * matmul(x, w, { transposeB: true }).shape; // [64, 10]
 */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
  const { transposeA = false, transposeB = false, bias, activation = "none" } = options;
  return apply(matmulOp, bias ? [a, b, bias] : [a, b], { transposeA, transposeB, activation });
}
