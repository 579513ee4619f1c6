// Sums, means and extremes over axes, and places of extremes.

import {
  abs,
  exp,
  log,
  mul,
  neg,
  reduceMax,
  reduceSum,
  reshape,
  select,
  sqrt,
  sub,
  type Value,
} from "../../graph/index.js";
import { onnxTensor } from "../../tensor/onnx/elements.js";
import { sizeOf } from "../../tensor/shape.js";
import { equal, scaled } from "../compose.js";
import type { Builder, Step } from "../step.js";

type Rule = (x: Value, axes: readonly number[]) => Value;

const largest: Rule = (x, axes) => reduceMax(x, axes, true);
const sum: Rule = (x, axes) => reduceSum(x, axes, true);

/** What a reduction of no elements gives. */
interface Reduction {
  readonly rule: Rule;
  readonly none: number;
}

function axesOf(step: Step): number[] | undefined {
  const rank = step.shape().length;
  const given = step.numbers(1, "axes");
  if (given && given.length > 0) return given.map((axis) => step.axis(axis, rank));
  return step.int("noop_with_empty_axes", 0) === 1 ? undefined : [...new Array(rank).keys()];
}

const reduction =
  ({ rule, none }: Reduction): Builder =>
  (step) => {
    const axes = axesOf(step);
    if (!axes) return step.x();
    const from = step.shape();
    const whole = from.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const shape =
      step.int("keepdims", 1) === 1 ? whole : from.filter((_, axis) => !axes.includes(axis));
    if (sizeOf(from) > 0)
      return reshape(axes.length === 0 ? step.x() : rule(step.x(), axes), shape);
    // A type that has no such number has its largest or smallest one.
    const worst = step.typeOf() === "bool" ? Number(none > 0) : none;
    return onnxTensor(step.typeOf(), shape, new Array(sizeOf(shape)).fill(worst));
  };

const count = (x: Value, axes: readonly number[]): number =>
  sizeOf(axes.map((axis) => x.shape[axis]));
const square = (x: Value): Value => mul(x, x);

const logSumExp: Rule = (x, axes) => {
  const most = largest(x, axes);
  const rest = log(sum(exp(sub(x, most)), axes));
  return sub(rest, neg(most));
};

/** Number of the first or the last element that is the largest of its axis. */
const place =
  (turn: (x: Value) => Value): Builder =>
  (step) => {
    const x = turn(step.x());
    const axis = step.axis(step.int("axis", 0));
    const size = step.many(x.shape[axis]);
    const shape = x.shape.map((_, at) => (at === axis ? size : 1));
    const numbers = step.table(shape, [...new Array(size).keys()]);
    const best = equal(x, largest(x, [axis]));
    const last = step.int("select_last_index", 0) === 1;
    const found = last
      ? largest(select(best, numbers, step.constant(-1)), [axis])
      : neg(largest(neg(select(best, numbers, step.constant(size))), [axis]));
    const kept = step.int("keepdims", 1) === 1;
    const value = kept
      ? found
      : reshape(
          found,
          x.shape.filter((_, at) => at !== axis),
        );
    return { value, type: "i64" };
  };

const none = { none: 0 };

export const reductions = {
  ArgMax: place((x) => x),
  ArgMin: place(neg),
  ReduceL1: reduction({ rule: (x, axes) => sum(abs(x), axes), ...none }),
  ReduceL2: reduction({ rule: (x, axes) => sqrt(sum(square(x), axes)), ...none }),
  ReduceLogSum: reduction({ rule: (x, axes) => log(sum(x, axes)), none: Number.NEGATIVE_INFINITY }),
  ReduceLogSumExp: reduction({ rule: logSumExp, none: Number.NEGATIVE_INFINITY }),
  ReduceMax: reduction({ rule: largest, none: Number.NEGATIVE_INFINITY }),
  ReduceMean: reduction({
    rule: (x, axes) => scaled(sum(x, axes), 1 / count(x, axes)),
    none: Number.NaN,
  }),
  ReduceMin: reduction({
    rule: (x, axes) => neg(largest(neg(x), axes)),
    none: Number.POSITIVE_INFINITY,
  }),
  ReduceSum: reduction({ rule: sum, ...none }),
  ReduceSumSquare: reduction({ rule: (x, axes) => sum(square(x), axes), ...none }),
} satisfies Record<string, Builder>;
