// Numbers at equal distances, which most quantisers round to.

import {
  abs,
  add,
  constant,
  div,
  max,
  min,
  mul,
  neg,
  reduceMax,
  round,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";
import type { Width } from "./quantiser.js";

/** The numbers scale * (k - zero) of all whole k from `low` to `high`. */
export interface Grid {
  /** Broadcasts against the numbers. */
  readonly scale: Value;
  /** Default 0. */
  readonly zero?: Value;
  readonly low: number;
  readonly high: number;
}

/** Least and largest k of so many bits: from -2^(b-1) to 2^(b-1) - 1, or from 0 to 2^b - 1. */
export const wholeRange = ({ bits, signed }: Width): { low: number; high: number } =>
  signed ? { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 } : { low: 0, high: 2 ** bits - 1 };

/** Between two numbers; a number on a bound counts as between them. */
export function clamp(x: Value, low: number, high: number): Value {
  return max(min(x, constant(x.graph, high)), constant(x.graph, low));
}

/**
 * The nearest number of a grid. The gradient is 1 for what rounds to a k from `low` to `high`, else 0, as that of
 * PyTorch's `fake_quantize_per_tensor_affine`; the scale's flows as the arithmetic says.
 *
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [4]);
 * graph.output("y", onGrid(x, { scale: constant(graph, 0.5), low: -2, high: 1 }));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-9, -0.6, 0.2, 9) } })).y]; // [-1, -0.5, 0, 0.5]
 */
export function onGrid(x: Value, { scale, zero, low, high }: Grid): Value {
  const places = round(div(x, scale));
  const shifted = clamp(zero ? add(places, zero) : places, low, high);
  return mul(zero ? sub(shifted, zero) : shifted, scale);
}

/** A scale must not be 0. */
export const SMALLEST_SCALE = 1e-8;

/** A distance between numbers, out of the gradient's way and never 0. */
export const asScale = (value: Value, factor: number): Value =>
  stopGradient(
    max(mul(value, constant(value.graph, factor)), constant(value.graph, SMALLEST_SCALE)),
  );

/** A learned number that must stay above 0: its size. */
export const positive = (param: Value): Value =>
  max(abs(param), constant(param.graph, SMALLEST_SCALE));

/** Largest |x|, [1], or along one axis as it broadcasts. */
export function largest(x: Value, axis?: number): Value {
  const axes = x.shape.map((_, at) => at).filter((at) => at !== axis);
  const most = (value: Value) => reduceMax(value, axes, true);
  return max(most(x), most(neg(x)));
}
