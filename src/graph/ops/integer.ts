// Arithmetic on bytes: u8 images and features, each a number `scale * (byte - zero)`, and i8 weights with a scale for
// each output (Jacob et al. 2017, arXiv 1712.05877). Sums are whole numbers of 32 bits. They become bytes by one rule, in
// f32 arithmetic, so that every engine and instruction set gives the same bits:
//
//   t = f32(sum) * multiplier, plus f32(residual - its zero) * its multiplier, each product and sum rounded once;
//   byte = zero + t kept within [-zero, 255 - zero], rounded to the nearest whole number, of two the even one.
//
// What lies beyond the range of a byte saturates, so a ReLU is no more than a range that begins at 0. ONNX's QLinearConv
// works its factor out in another order and may differ by one.

import { formatShape, type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectOneOf, expectShape, expectWhole } from "../expect.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";
import { expectPixels, slide, type Window } from "../window.js";
import { type ConvGeometry, type ConvOptions, convGeometry, loopsOf } from "./conv.js";
import { type PoolOptions, poolWindow } from "./pool.js";

/** What a byte stands for: scale * (byte - zero). */
export interface ByteScale {
  /** Above 0; rounded to f32. */
  readonly scale: number;
  /** The byte of the number 0, a whole number from 0 to 255. */
  readonly zero: number;
}

type ScaleAttrs = ByteScale & Record<string, number>;

/** Checks that a number is one that bytes can be multiplied by. */
function expectScale(op: string, what: string, scale: number): void {
  if (Number.isFinite(Math.fround(scale)) && Math.fround(scale) > 0) return;
  throw new RangeError(`${op}: expected a ${what} above 0 that f32 holds, found ${scale}`);
}

const expectZeros = (op: string, ...zeros: readonly number[]) => {
  for (const zero of zeros) expectWhole(op, "zero", zero, 0, 255);
};

const scaleAttrs = (op: string, { scale, zero }: ByteScale): ScaleAttrs => {
  expectScale(op, "scale", scale);
  expectZeros(op, zero);
  return { scale: Math.fround(scale), zero };
};

export const quantiseOp: Op<ScaleAttrs> = {
  name: "quantise",
  infer([x]) {
    expectDtype("quantise", "f32", x);
    if (x.shape.length !== 2 && x.shape.length !== 4) {
      throw new RangeError(`quantise: expected rows or images, found ${formatShape(x.shape)}`);
    }
    return [{ dtype: "u8", shape: x.shape }];
  },
};

/**
 * Numbers as bytes: zero + round(x / scale), halves to the even number, within 0 to 255. NaN becomes 0. As ONNX's
 * QuantizeLinear.
 *
 * @param x f32 [n, features] or [n, c, h, w]
 * @throws RangeError for anything else, a scale that is not above 0, or a zero that is no byte.
 * @example
 * const graph = new Graph();
 * graph.output("y", quantise(input(graph, "x", [1, 4]), { scale: 0.5, zero: 10 }));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const { y } = await program.run({ inputs: { x: Float32Array.of(1, -0.25, 900, -900) } });
 * [...y]; // [12, 10, 255, 0]
 */
export const quantise = (x: Value, scale: ByteScale): Value =>
  apply(quantiseOp, [x], scaleAttrs("quantise", scale));

export const dequantiseOp: Op<ScaleAttrs> = {
  name: "dequantise",
  infer([x]) {
    expectDtype("dequantise", "u8", x);
    return [{ dtype: "f32", shape: x.shape }];
  },
};

/**
 * The numbers that bytes stand for: scale * (byte - zero).
 *
 * @throws RangeError for anything but u8, a scale that is not above 0, or a zero that is no byte.
 * @example
 * dequantise(input(new Graph(), "x", [8, 16, 4, 4], "u8"), { scale: 0.5, zero: 0 }).dtype; // "f32"
 */
export const dequantise = (x: Value, scale: ByteScale): Value =>
  apply(dequantiseOp, [x], scaleAttrs("dequantise", scale));

// Convolution: exact sums of u8 images by i8 weights, finished in the same pass.

/** Attributes of {@link integerConv2dOp}. */
export interface IntegerConvAttrs extends ConvGeometry {
  readonly dtype: string;
  readonly zero: number;
  readonly outZero: number;
  readonly residualZero: number;
  readonly residualMultiplier: number;
}

/** Most products of one sum: more might not stay within 32 bits. */
const MOST_PRODUCTS = 2 ** 16;
/** Most bytes of the rows that a row of results sees, with their padding. */
const MOST_BYTES = 2 ** 28;

/** Shape of what a convolution makes. */
function convolved({ shape: x }: TensorType, { shape: w }: TensorType, attrs: ConvGeometry): Shape {
  const { groups } = attrs;
  if (x.length !== 4) {
    throw new RangeError(`integerConv2d: expected images, found ${formatShape(x)}`);
  }
  expectWhole("integerConv2d", "groups", groups, 1, x[1]);
  if (w.length !== 4 || w[1] * groups !== x[1] || w[0] % groups !== 0) {
    throw new RangeError(
      `integerConv2d: weights ${formatShape(w)} with ${groups} groups do not fit images ${formatShape(x)}`,
    );
  }
  const products = sizeOf(w.slice(1));
  if (products > MOST_PRODUCTS) {
    throw new RangeError(
      `integerConv2d: expected at most ${MOST_PRODUCTS} products in a sum, found ${products}`,
    );
  }
  const size = slide("integerConv2d", x.slice(2), { ...attrs, kernel: w.slice(2) });
  const [rows, columns] = [0, 1].map((axis) => (w[axis + 2] - 1) * attrs.dilation[axis] + 1);
  const bytes = rows * (columns + (size[1] - 1) * attrs.strides[1]) * x[1];
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `integerConv2d: expected windows that see at most ${MOST_BYTES} bytes at once, found ${bytes}`,
    );
  }
  return [x[0], w[0], ...size];
}

export const integerConv2dOp: Op<IntegerConvAttrs> = {
  name: "integerConv2d",
  takesAll: true,
  infer([x, w, bias, multiplier, residual], attrs) {
    expectDtype("integerConv2d", "u8", x, residual);
    expectDtype("integerConv2d", "i8", w);
    expectDtype("integerConv2d", "i32", bias);
    expectDtype("integerConv2d", "f32", multiplier);
    expectZeros("integerConv2d", attrs.zero, attrs.outZero, attrs.residualZero);
    expectOneOf("integerConv2d", "element type", attrs.dtype, ["u8", "f32"]);
    const shape = convolved(x, w, attrs);
    expectShape("integerConv2d", "a bias", [w.shape[0]], bias);
    expectShape("integerConv2d", "multipliers", [w.shape[0]], multiplier);
    expectShape("integerConv2d", "a residual", shape, residual);
    return [{ dtype: attrs.dtype as "u8" | "f32", shape }];
  },
  loops: ({ inputs: [x, w], outputs: [y], attrs }) => loopsOf(x.shape, w.shape, y.shape, attrs),
};

/** Options of {@link integerConv2d}; geometry as for `conv2d`. */
export interface IntegerConvOptions
  extends Pick<ConvOptions, "strides" | "padding" | "dilation" | "groups"> {
  /** i32 [outputs], in units of the sums. */
  readonly bias: Value;
  /** f32 [outputs]: from units of the sums to those of the result. */
  readonly multiplier: Value;
  /** The byte of 0 of the images, which padding has; default 0. */
  readonly zero?: number;
  /** The byte of 0 of the result; default 0. */
  readonly outZero?: number;
  /** Added before the result is rounded: bytes of its shape, from their zero on, times a multiplier. */
  readonly residual?: { readonly value: Value; readonly zero: number; readonly multiplier: number };
  /** Of the result: bytes, or t as it is. Default u8. */
  readonly dtype?: "u8" | "f32";
}

/**
 * Images u8 [n, c, h, w] convolved with weights i8 [o, c / groups, kh, kw]: sum of (byte - zero) * weight, plus bias, in
 * whole numbers of 32 bits (beyond which they wrap round), then as bytes or f32 by the rule at the head of this file.
 * A matrix product is one of images of 1x1.
 *
 * @throws RangeError when operands do not fit each other, a sum has more than 65,536 products, or a row of results sees
 * more than 2^28 bytes.
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [8, 16, 32, 32], "u8");
 * const w = input(graph, "w", [32, 16, 3, 3], "i8");
 * const bias = input(graph, "bias", [32], "i32");
 * const multiplier = input(graph, "multiplier", [32]);
 * const y = integerConv2d(x, w, { bias, multiplier, strides: 2, padding: 1 });
 * [y.dtype, y.shape]; // ["u8", [8, 32, 16, 16]]
 */
export function integerConv2d(x: Value, w: Value, options: IntegerConvOptions): Value {
  const { bias, multiplier, residual, zero = 0, outZero = 0, dtype = "u8" } = options;
  const operands = [x, w, bias, multiplier, ...(residual ? [residual.value] : [])];
  return apply(integerConv2dOp, operands, {
    ...convGeometry(options),
    dtype,
    zero,
    outZero,
    residualZero: residual?.zero ?? 0,
    residualMultiplier: Math.fround(residual?.multiplier ?? 0),
  });
}

// Pooling: the largest byte of each window, or its mean in another scale.

/** Attributes of {@link integerPool2dOp}. */
export type IntegerPoolAttrs = Window &
  Record<string, string | number | boolean | readonly number[]> & {
    readonly mode: "largest" | "mean";
    readonly countPadding: boolean;
    readonly zero: number;
    readonly outZero: number;
    readonly multiplier: number;
  };

export const integerPool2dOp: Op<IntegerPoolAttrs> = {
  name: "integerPool2d",
  infer([x], attrs) {
    expectDtype("integerPool2d", "u8", x);
    expectOneOf("integerPool2d", "mode", attrs.mode, ["largest", "mean"]);
    expectZeros("integerPool2d", attrs.zero, attrs.outZero);
    if (x.shape.length !== 4) {
      throw new RangeError(`integerPool2d: expected images, found ${formatShape(x.shape)}`);
    }
    expectWhole("integerPool2d", "size of a window", sizeOf(attrs.kernel), 1, MOST_PRODUCTS);
    expectPixels("integerPool2d", attrs);
    const size = slide("integerPool2d", x.shape.slice(2), attrs);
    return [{ dtype: "u8", shape: [x.shape[0], x.shape[1], ...size] }];
  },
  flops: ({ outputs: [y], attrs }) => sizeOf(y.shape) * sizeOf(attrs.kernel),
};

/** Options of {@link integerPool2d}; the window as for `maxPool2d` and `avgPool2d`. */
export interface IntegerPoolOptions extends PoolOptions {
  readonly mode: "largest" | "mean";
  /** Of means: whether padding counts as numbers of 0; default true. */
  readonly countPadding?: boolean;
  /** Of means: the byte of 0 of the images, and that of the result; default 0. */
  readonly zero?: number;
  readonly outZero?: number;
  /** Of means: from the units of the images to those of the result; default 1. */
  readonly multiplier?: number;
}

/**
 * Largest byte of each window of images u8 [n, c, h, w], which keeps their scale; or the mean, t = f32(sum of (byte -
 * zero)) / f32(pixels) * multiplier, as bytes by the rule at the head of this file. A mean over windows of one pixel is a
 * change of scale.
 *
 * @throws RangeError when the window does not fit, has more than 65,536 elements or sees padding only.
 * @example
 * const x = input(new Graph(), "x", [8, 16, 32, 32], "u8");
 * integerPool2d(x, { mode: "mean", kernel: 32 }).shape; // [8, 16, 1, 1]
 */
export function integerPool2d(x: Value, options: IntegerPoolOptions): Value {
  const { mode, countPadding = true, zero = 0, outZero = 0, multiplier = 1 } = options;
  const window = poolWindow(options);
  return apply(integerPool2dOp, [x], {
    ...window,
    ...{ mode, countPadding, zero, outZero, multiplier: Math.fround(multiplier) },
  });
}

interface IntegerAddAttrs extends Record<string, number> {
  readonly zero: number;
  readonly otherZero: number;
  readonly outZero: number;
  readonly multiplier: number;
  readonly otherMultiplier: number;
}

export const integerAddOp: Op<IntegerAddAttrs> = {
  name: "integerAdd",
  infer([a, b], { zero, otherZero, outZero }) {
    expectDtype("integerAdd", "u8", a, b);
    expectZeros("integerAdd", zero, otherZero, outZero);
    if (!sameShape(a.shape, b.shape)) {
      throw new RangeError(
        `integerAdd: ${formatShape(a.shape)} and ${formatShape(b.shape)} are not of one shape`,
      );
    }
    return [{ dtype: "u8", shape: a.shape }];
  },
};

/**
 * The sum of bytes of two scales as bytes of a third: t = f32(a - its zero) * f32(its scale / that of the result), plus
 * the same of b, by the rule at the head of this file.
 *
 * @throws RangeError for values that are not u8 or not of one shape.
 * @example
 * const graph = new Graph();
 * const [a, b] = ["a", "b"].map((name) => input(graph, name, [8, 16, 4, 4], "u8"));
 * integerAdd([a, { scale: 0.1, zero: 0 }], [b, { scale: 0.2, zero: 3 }], { scale: 0.3, zero: 0 }).dtype; // "u8"
 */
export function integerAdd(
  [a, of]: readonly [Value, ByteScale],
  [b, other]: readonly [Value, ByteScale],
  out: ByteScale,
): Value {
  for (const { scale } of [of, other, out]) expectScale("integerAdd", "scale", scale);
  return apply(integerAddOp, [a, b], {
    zero: of.zero,
    otherZero: other.zero,
    outZero: out.zero,
    multiplier: Math.fround(of.scale / out.scale),
    otherMultiplier: Math.fround(other.scale / out.scale),
  });
}
