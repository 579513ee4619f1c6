// What `packBits` stored, as numbers again.

import type { DType } from "../../tensor/dtype.js";
import { formatShape, sizeOf } from "../../tensor/shape.js";
import { expectBytes } from "../expect.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";

import { expectBits } from "./packBits.js";

interface UnpackAttrs extends Record<string, number | string | readonly number[]> {
  readonly bits: number;
  readonly dtype: string;
  readonly shape: readonly number[];
}

export const unpackBitsOp: Op<UnpackAttrs> = {
  name: "unpackBits",
  infer([stored], { bits, dtype, shape }) {
    expectBytes("unpackBits", stored);
    const type = { dtype: dtype as DType, shape };
    expectBits("unpackBits", type, bits);
    if (sizeOf(shape) * bits > 8 * stored.shape[0]) {
      throw new RangeError(
        `unpackBits: ${formatShape(shape)} in ${bits} bits does not fit into ${stored.shape[0]} bytes`,
      );
    }
    return [type];
  },
};

/**
 * The whole numbers that `packBits` stored in `bits` bits, in the type and shape that they had: f32 comes
 * back as 1 where it was positive, else 0.
 *
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [4]);
 * graph.output("y", unpackBits(packBits(x, 1), 1, x));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const { y } = await program.run({ inputs: { x: Float32Array.of(-1, 0.5, 0, 3) } });
 * [...y]; // [0, 1, 0, 1]
 */
export const unpackBits = (stored: Value, bits: number, { dtype, shape }: TensorType): Value =>
  apply(unpackBitsOp, [stored], { bits, dtype, shape });
