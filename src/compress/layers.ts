// Convolutions and linear layers with their weights as whole numbers from -127 to 127: a scale for each output, so that
// a channel of small weights loses nothing to one of large ones.

import { type ByteScale, type Node, pathOf, type Value } from "../graph/index.js";
import type { ParamSpec } from "../nn/index.js";
import { type Shape, sizeOf } from "../tensor/shape.js";

const LARGEST = 127;
/** Largest bias in units of the sums: a whole number that f32 still has exactly. */
const LARGEST_BIAS = 2 ** 24;

/** A layer whose sums are of whole numbers. */
export interface IntegerLayer {
  /** Path of the layer. */
  readonly name: string;
  /** Its weights as a convolution has them: [outputs, inputs / groups, height, width]. */
  readonly shape: Shape;
  /** Its parameters: whole numbers as `weight` and `bias`, and what a weight of 1 stands for as `scale`. */
  readonly weight: ParamSpec;
  readonly scale: ParamSpec;
  readonly bias: ParamSpec;
}

/** The parameter that a value is, under whatever shape; `undefined` where it is none. */
export function paramOf(value: Value): Value | undefined {
  const { op, inputs } = value.node;
  if (op.name === "reshape") return paramOf(inputs[0]);
  return op.name === "read" ? value : undefined;
}

const isParam = (value?: Value): boolean => !value || paramOf(value) !== undefined;

/** Whether a node can be such a layer: a convolution of images, or a product of rows, with parameters. */
export function suits({ op, inputs: [, w, bias], attrs }: Node): boolean {
  if (!w || !isParam(w) || !isParam(bias)) return false;
  return (
    op.name === "conv2d" || (op.name === "matmul" && w.shape.length === 2 && !attrs["transposeA"])
  );
}

/** All parameters of a net, when they are asked for. */
export type Numbers = () => Float32Array;

/** The numbers of a parameter. */
function numbersOf(w: Numbers, value: Value): Float32Array {
  const offset = paramOf(value)!.node.attrs["offset"] as number;
  return w().subarray(offset, offset + sizeOf(value.shape));
}

/** The shape of weights as [outputs, ...], whichever way a product has them. */
function shapeOf({ op, inputs: [, { shape }], attrs }: Node): Shape {
  if (op.name === "conv2d") return shape;
  const [rows, columns] = shape;
  return attrs["transposeB"] ? [rows, columns, 1, 1] : [columns, rows, 1, 1];
}

/** Weights in the order of that shape. */
function byOutput({ op, inputs: [, { shape }], attrs }: Node, numbers: Float32Array): Float32Array {
  if (op.name === "conv2d" || attrs["transposeB"]) return numbers;
  const [rows, columns] = shape;
  return numbers.map((_, at) => numbers[(at % rows) * columns + Math.floor(at / rows)]);
}

/** A whole number, never -0. */
const whole = (value: number) => Math.round(value) + 0;

/** Weights and bias in whole numbers, and the scale of each output. */
function wholeNumbers(numbers: Float32Array, given: Float32Array, images: ByteScale) {
  const outputs = given.length;
  const each = numbers.length / outputs;
  const scale = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    const own = numbers.subarray(o * each, (o + 1) * each);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const least = Math.abs(given[o]) / (images.scale * LARGEST_BIAS);
    scale[o] = Math.max(largest / LARGEST, least) || 1;
  }
  const weight = numbers.map((value, at) => {
    const nearest = whole(value / scale[Math.floor(at / each)]);
    return Math.max(-LARGEST, Math.min(LARGEST, nearest));
  });
  const bias = given.map((value, o) => whole(value / (images.scale * scale[o])));
  return { weight, scale, bias };
}

/**
 * A node that suits as a layer of whole numbers.
 *
 * @param w the net's parameters, of which the first values of the layer's own are made
 * @param name of its weights
 * @param images what the bytes that it takes stand for
 */
export function integerLayer(
  w: Numbers,
  node: Node,
  name: string,
  images: ByteScale,
): IntegerLayer {
  const [, weights, b] = node.inputs;
  const shape = shapeOf(node);
  const [outputs] = shape;
  const path = pathOf(name);
  let known: ReturnType<typeof wholeNumbers> | undefined;
  const make = () => {
    const given = b ? numbersOf(w, b) : new Float32Array(outputs);
    return wholeNumbers(byOutput(node, numbersOf(w, weights)), given, images);
  };
  const spec = (word: "weight" | "scale" | "bias", own: Shape) => ({
    ...{ name: path === "" ? word : `${path}.${word}`, shape: own, kind: word },
    init: (out: Float32Array) => out.set((known ??= make())[word]),
  });
  return {
    ...{ name: path, shape },
    weight: { ...spec("weight", shape.slice(0, weights.shape.length)), name, stored: "i8" },
    scale: spec("scale", [outputs]),
    bias: { ...spec("bias", [outputs]), stored: "i32" },
  };
}
