// What ONNX has and our primitives make up.

import {
  abs,
  add,
  concat,
  constant,
  matmul,
  mul,
  pad,
  reshape,
  round,
  slice,
  step,
  sub,
  transpose,
  type Value,
} from "../graph/index.js";
import { type Shape, sizeOf } from "../tensor/shape.js";

const one = (x: Value) => constant(x.graph, 1);

/** 1 - x, which turns 1 and 0. */
export const not = (x: Value): Value => sub(one(x), x);

/** 1 where a > b, else 0. */
export const greater = (a: Value, b: Value): Value => step(sub(a, b));

/** 1 where a = b, else 0. */
export const equal = (a: Value, b: Value): Value => mul(not(greater(a, b)), not(greater(b, a)));

/** The largest whole number up to x. */
export function floor(x: Value): Value {
  const near = round(x);
  return sub(near, step(sub(near, x)));
}

/** -1, 0 or 1. */
export const sign = (x: Value): Value => sub(step(x), step(sub(constant(x.graph, 0), x)));

/** x without what stands behind the point. */
export const truncated = (x: Value): Value => mul(sign(x), floor(abs(x)));

/** `length` elements along an axis from `start` on. */
export function along(x: Value, axis: number, start: number, length: number): Value {
  if (start === 0 && length === x.shape[axis]) return x;
  const starts = x.shape.map((_, at) => (at === axis ? start : 0));
  return slice(
    x,
    starts,
    x.shape.map((size, at) => (at === axis ? length : size)),
  );
}

/** Shape with another size of an axis. */
const withSize = (shape: Shape, axis: number, ...sizes: number[]): number[] => [
  ...shape.slice(0, axis),
  ...sizes,
  ...shape.slice(axis + 1),
];

/** Every `step`-th of `count` elements along an axis from `start` on. */
export function strided(x: Value, axis: number, start: number, step: number, count: number): Value {
  if (step === 1) return along(x, axis, start, count);
  const whole = along(x, axis, start, Math.min(count * step, x.shape[axis] - start));
  const missing = count * step - whole.shape[axis];
  const none = whole.shape.map(() => 0);
  const after = none.map((_, at) => (at === axis ? missing : 0));
  const full = missing === 0 ? whole : pad(whole, none, after);
  const apart = reshape(full, withSize(x.shape, axis, count, step));
  return reshape(along(apart, axis + 1, 0, 1), withSize(x.shape, axis, count));
}

/** Elements along an axis by their numbers, in any order. */
export function taken(x: Value, axis: number, indices: readonly number[]): Value {
  const parts: { start: number; length: number }[] = [];
  for (const index of indices) {
    const last = parts.at(-1);
    if (last && last.start + last.length === index) last.length++;
    else parts.push({ start: index, length: 1 });
  }
  return concat(
    parts.map(({ start, length }) => along(x, axis, start, length)),
    axis,
  );
}

/** x with an axis at the end, and back. */
function last(x: Value, axis: number): { rows: Value; back(rows: Value): Value } {
  const rank = x.shape.length;
  const order = [...x.shape.keys()].filter((at) => at !== axis).concat(axis);
  const moved = axis === rank - 1 ? x : transpose(x, order);
  const size = x.shape[axis];
  return {
    rows: reshape(moved, [sizeOf(x.shape) / size, size]),
    back(rows) {
      const shape = [...order.slice(0, -1).map((at) => x.shape[at]), rows.shape[1]];
      const whole = reshape(rows, shape);
      if (axis === rank - 1) return whole;
      return transpose(
        whole,
        order.map((_, at) => order.indexOf(at)),
      );
    },
  };
}

/** An axis multiplied by a matrix [size, wanted]. */
export function mapped(x: Value, axis: number, matrix: Value): Value {
  const { rows, back } = last(x, axis);
  return back(matmul(rows, matrix));
}

/** What is done to rows [n, size], done along an axis. */
export function byRows(x: Value, axis: number, rule: (rows: Value) => Value): Value {
  const { rows, back } = last(x, axis);
  return back(rule(rows));
}

/** x times a number. */
export const scaled = (x: Value, factor: number): Value => mul(x, constant(x.graph, factor));

/** x and a number. */
export const shifted = (x: Value, number: number): Value => add(x, constant(x.graph, number));

/** An operand [channels] along axis 1 of a value. */
export const perChannel = (x: Value, like: Value, axis = 1): Value =>
  reshape(
    x,
    like.shape.map((_, at) => (at === axis ? -1 : 1)),
  );
