// Values that are only stored: in a few bits, or under a bound of their error. How numbers lie in their bytes is up to
// the engine, and whatever room it needs for that; a graph tells the bytes of the numbers alone.

import type { DType } from "../../tensor/dtype.js";
import { formatShape, type Shape, sizeOf } from "../../tensor/shape.js";
import { expectBytes, expectWhole } from "../expect.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";

// Small whole numbers in a few bits each, for values that are only stored: the masks of ReLUs, and the
// winners of small pooling windows.

interface PackAttrs extends Record<string, number> {
  readonly bits: number;
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
    return [{ dtype: "u8", shape: [Math.ceil((sizeOf(x.shape) * bits) / 8)] }];
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

// Images under a bound of their error in a slot of fixed size, for values that are only stored: the lossy
// compression of COMET (Jin et al. 2021, arXiv 2111.09562). See src/tensor/compression/.

interface CompressAttrs extends Record<string, number> {
  readonly capacity: number;
}

/** What the second output of {@link compress} tells, in this order. */
export const compressReport = ["bound", "doublings", "bytes", "nonzeros"] as const;

/** A container counts its numbers and bytes in 32 bits. */
const MOST = 2 ** 31;

export const compressOp: Op<CompressAttrs> = {
  name: "compress",
  infer: ([x, bound], { capacity }) => {
    expectWhole("compress", "capacity", capacity, 1, MOST);
    if (x.dtype !== "f32" || bound.dtype !== "f32" || bound.shape.join() !== "1") {
      throw new RangeError("compress: expected f32 and a bound, f32 [1]");
    }
    if (sizeOf(x.shape) > MOST) throw new RangeError("compress: expected at most 2^31 numbers");
    return [
      { dtype: "u8", shape: [capacity] },
      { dtype: "f32", shape: [compressReport.length] },
    ];
  },
};

/**
 * The numbers of `x` in `capacity` bytes, u8 [capacity], each with an error of at most `bound`, f32 [1];
 * and a report, f32 [4]: the bound that holds, how often it was doubled because the numbers would not fit
 * otherwise, the bytes in use, and how many numbers are not 0. A bound of 0 stands for the smallest that
 * fits, or nearly. Only `restore` can read them, as an engine stores them in the order that suits it.
 *
 * @throws RangeError unless `x` and the bound are f32, and `x` and the capacity at most 2^31. The engine refuses a capacity that not even zeros
 * would fit in as they stand, and takes more for itself where it keeps them in an order that needs it.
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [8, 16, 32, 32]);
 * const [stored, report] = compress(x, input(graph, "bound", [1]), 65536);
 * [stored.shape, report.shape]; // [[65536], [4]]
 */
export const compress = (x: Value, bound: Value, capacity: number): readonly Value[] =>
  x.graph.apply(compressOp, [x, bound], { capacity });

interface RestoreAttrs extends Record<string, readonly number[]> {
  readonly shape: readonly number[];
}

export const restoreOp: Op<RestoreAttrs> = {
  name: "restore",
  infer([stored], { shape }) {
    expectBytes("restore", stored);
    return [{ dtype: "f32", shape }];
  },
};

/**
 * The numbers that `compress` stored, of the shape that they had. A run whose bytes are none of that
 * fails.
 *
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [4]);
 * const [stored] = compress(x, input(graph, "bound", [1]), 128);
 * graph.output("y", restore(stored, [4]));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { x: Float32Array.of(0, 1, 2.2, 7), bound: Float32Array.of(0.25) };
 * const { y } = await program.run({ inputs });
 * y.every((value, at) => Math.abs(value - inputs.x[at]) <= 0.25); // true
 */
export const restore = (stored: Value, shape: Shape): Value =>
  apply(restoreOp, [stored], { shape });
