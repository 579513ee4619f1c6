// Small whole numbers in a few bits each, for values that are only stored: the masks of ReLUs, and the
// winners of small pooling windows.

import { sizeOf } from "../../tensor/shape.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";

interface PackAttrs extends Record<string, number> {
  readonly bits: number;
}

/** Engines may keep channels in blocks of up to so many. */
const BLOCK = 16;

/** Elements with room for channels that fill up a block. */
function roomFor({ shape }: TensorType): number {
  if (shape.length !== 4) return sizeOf(shape);
  const [count, channels, ...pixels] = shape;
  return count * Math.ceil(channels / BLOCK) * BLOCK * sizeOf(pixels);
}

/** Checks that elements of a type can be stored in so many bits. */
export function expectBits(op: string, { dtype }: TensorType, bits: number): void {
  const fits = dtype === "f32" ? bits === 1 : dtype === "u8" && [1, 2, 4].includes(bits);
  if (!fits) throw new RangeError(`${op}: ${dtype} in ${bits} bits`);
}

export const packBitsOp: Op<PackAttrs> = {
  name: "packBits",
  infer: ([x], { bits }) => {
    expectBits("packBits", x, bits);
    return [{ dtype: "u8", shape: [Math.ceil((roomFor(x) * bits) / 8)] }];
  },
};

/**
 * The lowest `bits` bits of each number of u8 `x`, 1, 2 or 4 of them; or, of f32 `x`, 1 bit that says whether
 * it is positive. Only `unpackBits` can read them, as an engine stores them in the order that suits it.
 *
 * @throws RangeError for other types and numbers of bits.
 * @example
 * packBits(input(new Graph(), "x", [8, 16, 32, 32]), 1).shape; // [16384]
 */
export const packBits = (x: Value, bits: number): Value => apply(packBitsOp, [x], { bits });
