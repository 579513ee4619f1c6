// Whole numbers of few bits: worked out with numbers of f32, which hold their sums exactly up to 2^24.

import {
  add,
  div,
  max,
  min,
  mul,
  neg,
  reduceMax,
  reshape,
  round,
  sub,
  type Value,
} from "../../graph/index.js";
import { type ElementType, elementType } from "../../tensor/onnx/elements.js";
import type { Builder, Step } from "../step.js";
import { product } from "./products.js";
import { convolved } from "./windows.js";

const bounds: Partial<Record<ElementType, readonly [number, number]>> = {
  u8: [0, 255],
  i8: [-128, 127],
  u16: [0, 65535],
  i16: [-32768, 32767],
};

/** The nearest number of a type, of two the even one. */
function stored(step: Step, x: Value, type: ElementType): { value: Value; type: ElementType } {
  const [low, high] = bounds[type] ?? step.fail(`numbers of type ${type}`);
  return { value: min(max(x, step.constant(low)), step.constant(high)), type };
}

/** A scale or zero of all, of each place along an axis, or of blocks along it, so that it fills a value. */
function spread(step: Step, of: Value, like: Value): Value {
  if (of.shape.length === 0 || of.shape.every((size) => size === 1)) return reshape(of, []);
  const axis = step.axis(step.int("axis", 1), like.shape.length);
  const block = step.int("block_size", 0);
  if (block === 0)
    return reshape(
      of,
      like.shape.map((_, at) => (at === axis ? -1 : 1)),
    );
  const apart = [...of.shape.slice(0, axis + 1), 1, ...of.shape.slice(axis + 1)];
  const wide = [...of.shape.slice(0, axis + 1), block, ...of.shape.slice(axis + 1)];
  return reshape(add(reshape(of, apart), step.filled(wide, 0)), like.shape);
}

const quantizeLinear: Builder = (step) => {
  const x = step.x();
  const named = elementType(step.int("output_dtype", 0));
  const type = step.maybe(2)?.type ?? named ?? "u8";
  const whole = round(div(x, spread(step, step.x(1), x)));
  return stored(step, step.maybe(2) ? add(whole, spread(step, step.x(2), x)) : whole, type);
};

const dequantizeLinear: Builder = (step) => {
  const x = step.x();
  const from = step.maybe(2) ? sub(x, spread(step, step.x(2), x)) : x;
  return { value: mul(from, spread(step, step.x(1), x)), type: step.typeOf(1) };
};

const dynamicQuantizeLinear: Builder = (step) => {
  const x = step.x();
  const zero = step.constant(0);
  const [high, low] = [max(reduceMax(x), zero), min(neg(reduceMax(neg(x))), zero)];
  const scale = div(sub(high, low), step.constant(255));
  const point = stored(step, round(neg(div(low, scale))), "u8");
  const y = stored(step, add(round(div(x, scale)), point.value), "u8");
  return [y, { value: scale, type: "f32" }, point];
};

/** A value from its zero on, of all or of each place along an axis. */
function fromZero(step: Step, x: Value, at: number, axis: number): Value {
  const zero = step.maybe(at) && step.x(at);
  if (!zero) return x;
  if (zero.shape.length !== 1 || zero.shape[0] === 1) return sub(x, reshape(zero, []));
  return sub(
    x,
    reshape(
      zero,
      x.shape.map((_, place) => (place === axis ? -1 : 1)),
    ),
  );
}

const convInteger: Builder = (step) => ({
  value: convolved(step, fromZero(step, step.x(), 2, 1), fromZero(step, step.x(1), 3, 0)),
  type: "i32",
});

const matMulInteger: Builder = (step) => {
  const [a, b] = [step.x(), step.x(1)];
  const rows = fromZero(step, a, 2, a.shape.length - 2);
  return { value: product(rows, fromZero(step, b, 3, b.shape.length - 1)), type: "i32" };
};

/** A scale of weights along the outputs of a convolution, or of all. */
const along = (scale: Value, rank: number, axis: number): Value =>
  reshape(
    scale,
    scale.shape[0] > 1 ? Array.from({ length: rank }, (_, at) => (at === axis ? -1 : 1)) : [],
  );

/** Sums of whole numbers in the scale of the result. */
function requantised(step: Step, sum: Value, scales: Value): { value: Value; type: ElementType } {
  const whole = round(div(mul(sum, scales), reshape(step.x(6), [])));
  return stored(step, add(whole, reshape(step.x(7), [])), step.typeOf(7));
}

const qLinearConv: Builder = (step) => {
  const [x, w] = [fromZero(step, step.x(), 2, 1), fromZero(step, step.x(3), 5, 0)];
  const sum = convolved(step, x, w, step.maybe(8) ? step.x(8) : undefined);
  const scales = mul(reshape(step.x(1), []), along(step.x(4), sum.shape.length, 1));
  return requantised(step, sum, scales);
};

const qLinearMatMul: Builder = (step) => {
  const [a, b] = [step.x(), step.x(3)];
  const sum = product(
    fromZero(step, a, 2, a.shape.length - 2),
    fromZero(step, b, 5, b.shape.length - 1),
  );
  const scales = mul(
    along(step.x(1), a.shape.length, a.shape.length - 2),
    along(step.x(4), b.shape.length, b.shape.length - 1),
  );
  return requantised(step, sum, scales);
};

export const quantised = {
  ConvInteger: convInteger,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  MatMulInteger: matMulInteger,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
  QuantizeLinear: quantizeLinear,
} satisfies Record<string, Builder>;
