// Euclidean norms of the parts of a net inside an update rule.

import {
  mul,
  type ParamLayout,
  reduceSum,
  segmentExpand,
  segmentSum,
  sqrt,
  trainedParams,
  type Value,
} from "../graph/index.js";
import { sizeOf } from "../tensor/shape.js";

/** Norms of a vector [layout.trainable]. */
export interface Norms {
  /** Of all elements; shape []. */
  all(x: Value): Value;
  /** Of each parameter, repeated over its elements: shape of `x`. */
  layer(x: Value): Value;
  /** Of each unit (row of a weight; a bias as a whole), repeated over its elements: shape of `x`. */
  unit(x: Value): Value;
}

/** Where the trainable parameters begin, and where the last one ends. */
function layerOffsets(layout: ParamLayout): number[] {
  return [...trainedParams(layout).map(({ offset }) => offset), layout.trainable];
}

/** Where the units of the trainable parameters begin, and where the last one ends. */
function unitOffsets(layout: ParamLayout): number[] {
  const starts = trainedParams(layout).flatMap(({ offset, shape }) => {
    const units = shape.length > 1 ? shape[0] : 1;
    const size = sizeOf(shape) / units;
    return Array.from({ length: units }, (_, unit) => offset + unit * size);
  });
  return [...starts, layout.trainable];
}

/** The norms of nets of one layout. */
export function normsOf(layout: ParamLayout): Norms {
  const [layers, units] = [layerOffsets(layout), unitOffsets(layout)];
  const squares = (x: Value, offsets: readonly number[]) => segmentSum(mul(x, x), offsets);
  const spread = (x: Value, offsets: readonly number[]) =>
    segmentExpand(sqrt(squares(x, offsets)), offsets);
  return {
    all: (x) => sqrt(reduceSum(squares(x, layers))),
    layer: (x) => spread(x, layers),
    unit: (x) => spread(x, units),
  };
}
