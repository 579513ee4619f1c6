// Ops that only move numbers: bindings in and out, and rearrangement.

import { sizeOf, stridesOf } from "../../../tensor/shape.js";
import { allocate, offsets, pick } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

type VectorAttrs = { readonly vector: string; readonly offset: number };

const input: Kernel<{ readonly name: string }> = (_, { attrs }, { inputs }) => [
  Float64Array.from(inputs![attrs.name]),
];

const scalar: Kernel<{ readonly name: string }> = (_, { attrs }, { scalars }) => [
  Float64Array.of(scalars![attrs.name]),
];

const read: Kernel<VectorAttrs> = (_, { attrs, outputs: [{ shape }] }, { vectors }) => [
  vectors![attrs.vector].slice(attrs.offset, attrs.offset + sizeOf(shape)),
];

const write: Kernel<VectorAttrs> = ([value], { attrs }, { vectors }) => {
  vectors![attrs.vector].set(value, attrs.offset);
  return [];
};

const reshape: Kernel = ([x]) => [x];

const transpose: Kernel<{ readonly order: readonly number[] }> = (
  [x],
  { inputs, outputs, attrs },
) => {
  const strides = stridesOf(inputs[0].shape);
  const reordered = attrs.order.map((axis) => strides[axis]);
  return [pick(x, offsets(outputs[0].shape, reordered))];
};

/** Where a box that begins at `starts` lies in a tensor with `strides`. */
const startOf = (starts: readonly number[], strides: readonly number[]) =>
  starts.reduce((sum, start, axis) => sum + start * strides[axis], 0);

const slice: Kernel<{ readonly starts: readonly number[] }> = ([x], { inputs, outputs, attrs }) => {
  const strides = stridesOf(inputs[0].shape);
  return [pick(x, offsets(outputs[0].shape, strides, startOf(attrs.starts, strides)))];
};

/** Stores `x` of `shape` as a box of `target`. */
function place(
  x: Float64Array,
  shape: readonly number[],
  target: Float64Array,
  strides: readonly number[],
  start: number,
): void {
  const places = offsets(shape, strides, start);
  for (let at = 0; at < x.length; at++) target[places[at]] = x[at];
}

const pad: Kernel<{ readonly before: readonly number[] }> = ([x], { inputs, outputs, attrs }) => {
  const y = allocate(outputs[0].shape);
  const strides = stridesOf(outputs[0].shape);
  place(x, inputs[0].shape, y, strides, startOf(attrs.before, strides));
  return [y];
};

const concat: Kernel<{ readonly axis: number }> = (inputs, { inputs: values, outputs, attrs }) => {
  const y = allocate(outputs[0].shape);
  const strides = stridesOf(outputs[0].shape);
  let start = 0;
  for (const [at, { shape }] of values.entries()) {
    place(inputs[at], shape, y, strides, start * strides[attrs.axis]);
    start += shape[attrs.axis];
  }
  return [y];
};

const oneHot: Kernel<{ readonly classes: number }> = ([labels], { outputs, attrs }) => {
  const y = allocate(outputs[0].shape);
  for (const [row, label] of labels.entries()) {
    if (label >= 0 && label < attrs.classes) y[row * attrs.classes + label] = 1;
  }
  return [y];
};

export const structureKernels = {
  input,
  scalar,
  read,
  write,
  reshape,
  transpose,
  slice,
  pad,
  concat,
  oneHot,
} satisfies Partial<Kernels>;
