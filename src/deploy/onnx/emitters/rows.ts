// Products, sums, what moves elements, and layers along a line.

import type { Value } from "../../../graph/index.js";
import type { Emission } from "../emission.js";
import { isFixed } from "../sizes.js";
import { type Emitter, finish } from "./emitter.js";

const transposed = (x: Value, to: Emission, flip: boolean): string => {
  if (!flip) return to.name(x);
  const order = x.shape.map((_, axis) => axis);
  return to.node("Transpose", [to.name(x)], {
    perm: [...order.slice(0, -2), ...order.slice(-2).reverse()],
  });
};

const matmul: Emitter = (node, to) => {
  const {
    inputs: [a, b, bias],
    attrs,
  } = node;
  const [flipA, flipB] = [attrs["transposeA"] === true, attrs["transposeB"] === true];
  if (a.shape.length === 2 && (bias || flipA || flipB)) {
    const names = [a, b, ...(bias ? [bias] : [])].map((value) => to.name(value));
    const sum = to.node("Gemm", names, { transA: Number(flipA), transB: Number(flipB) });
    return finish(sum, node, to, 3);
  }
  const product = to.node("MatMul", [transposed(a, to, flipA), transposed(b, to, flipB)]);
  return finish(bias ? to.node("Add", [product, to.name(bias)]) : product, node, to, 3);
};

const axesOf = (attrs: unknown) => (attrs as { axes: readonly number[] }).axes;

const reduceSum: Emitter = ({ inputs: [x], attrs }, to) =>
  to.node("ReduceSum", [to.name(x), to.constant("i64", axesOf(attrs))], { keepdims: 1 });

const reduceMax: Emitter = ({ inputs: [x], attrs }, to) =>
  to.node("ReduceMax", [to.name(x)], { axes: axesOf(attrs), keepdims: 1 });

const kthLargest: Emitter = ({ inputs: [x], attrs }, to) => {
  const k = attrs["k"] as number;
  const outputs = [to.fresh("TopK"), to.fresh("TopK_places")];
  const [values] = to.nodeOf("TopK", [to.name(x), to.constant("i64", [k])], { axis: -1 }, outputs);
  const last = [k - 1, k, -1].map((number) => to.constant("i64", [number]));
  return to.node("Slice", [values, ...last]);
};

const logSoftmax: Emitter = ({ inputs: [x] }, to) =>
  to.node("LogSoftmax", [to.name(x)], { axis: -1 });

const concat: Emitter = ({ inputs, attrs }, to) =>
  to.node(
    "Concat",
    inputs.map((value) => to.name(value)),
    { axis: attrs["axis"] as number },
  );

const transpose: Emitter = ({ inputs: [x], attrs }, to) =>
  to.node("Transpose", [to.name(x)], { perm: attrs["order"] as readonly number[] });

const reshape: Emitter = (node, to) => {
  const [x] = node.inputs;
  const shape = to.shapeOf(to.sizes(x), to.sizesIn(node, "shape"));
  return to.node("Reshape", [to.name(x), shape]);
};

const slice: Emitter = (node, to) => {
  const [x] = node.inputs;
  const [starts, sizes, from] = [
    to.sizesIn(node, "starts"),
    to.sizesIn(node, "sizes"),
    to.sizes(x),
  ];
  const cut = sizes.flatMap((size, axis) => {
    const [start, whole] = [starts[axis], from[axis]];
    if (isFixed(size) && isFixed(start))
      return size === whole ? [] : [{ axis, start, end: start + size }];
    if (!isFixed(size) && !isFixed(whole) && size.times === whole.times) return [];
    throw new RangeError(`slice: ${x} is cut where it follows the batch`);
  });
  if (cut.length === 0) return to.name(x);
  const lists = [
    cut.map(({ start }) => start),
    cut.map(({ end }) => end),
    cut.map(({ axis }) => axis),
  ];
  return to.node("Slice", [to.name(x), ...lists.map((list) => to.constant("i64", list))]);
};

const pad: Emitter = ({ inputs: [x], attrs }, to) => {
  const { before, after } = attrs as unknown as Record<string, readonly number[]>;
  const zero = to.constant(x.dtype === "u8" ? "u8" : "f32", 0);
  return to.node("Pad", [to.name(x), to.constant("i64", [...before, ...after]), zero]);
};

/** Our gates are i, f, g, o; ONNX's i, o, f, c. */
const GATES = [0, 3, 1, 2];

/** Rows [4 units, width] in ONNX's order of gates. */
function ordered(rows: ArrayLike<number>, units: number, width: number): Float32Array {
  const size = units * width;
  const data = new Float32Array(4 * size);
  for (const [at, gate] of GATES.entries()) {
    for (let place = 0; place < size; place++) data[at * size + place] = rows[gate * size + place];
  }
  return data;
}

/** Numbers [columns, rows] as [rows, columns]. */
const turned = (numbers: ArrayLike<number>, rows: number, columns: number): Float32Array =>
  Float32Array.from(
    { length: rows * columns },
    (_, at) => numbers[(at % columns) * rows + Math.floor(at / columns)],
  );

interface LstmInput {
  /** [n, steps, width]. */
  readonly x: Value;
  readonly width: number;
  /** [4 units, width] and [4 units]. */
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** What the gates are a product of, where its weights are known; else the gates themselves, by a product that changes nothing. */
function lstmInput(gates: Value, units: number, to: Emission): LstmInput {
  const product = gates.node.op.name === "reshape" ? gates.node.inputs[0].node : gates.node;
  const {
    inputs: [rows, w, b],
    attrs,
    op,
  } = product;
  const [n, steps] = gates.shape;
  const x = rows?.node.op.name === "reshape" ? rows.node.inputs[0] : rows;
  const [weight, bias] = [w && to.known(w), b && to.known(b)];
  const plain =
    op.name === "matmul" &&
    !attrs["transposeA"] &&
    attrs["transposeB"] &&
    attrs["activation"] === "none";
  if (plain && weight && bias && x.shape.length === 3 && x.shape[0] === n && x.shape[1] === steps) {
    return { x, width: x.shape[2], weight: weight.data(), bias: bias.data() };
  }
  const width = 4 * units;
  const identity = Float32Array.from({ length: width * width }, (_, at) =>
    at % (width + 1) === 0 ? 1 : 0,
  );
  return { x: gates, width, weight: identity, bias: new Float32Array(width) };
}

const lstm: Emitter = ({ inputs: [gates, recurrent], attrs }, to) => {
  const units = recurrent.shape[0];
  const known = to.known(recurrent);
  if (!known) throw new RangeError("lstm: its recurrent weights depend on the images");
  const { x, width, weight, bias } = lstmInput(gates, units, to);
  const rows = turned(known.data(), 4 * units, units);
  const both = new Float32Array(8 * units);
  both.set(ordered(bias, units, 1));
  const names = [
    to.node("Transpose", [to.name(x)], { perm: [1, 0, 2] }),
    to.ownTensor("W", "f32", [1, 4 * units, width], ordered(weight, units, width)),
    to.ownTensor("R", "f32", [1, 4 * units, units], ordered(rows, units, units)),
    to.ownTensor("B", "f32", [1, 8 * units], both),
  ];
  const direction = attrs["reverse"] === true ? "reverse" : "forward";
  const states = to.node("LSTM", names, { hidden_size: units, direction });
  const steps = to.node("Squeeze", [states, to.constant("i64", [1])]);
  return to.node("Transpose", [steps], { perm: [1, 0, 2] });
};

export const rowEmitters = {
  concat,
  kthLargest,
  logSoftmax,
  lstm,
  matmul,
  pad,
  reduceMax,
  reduceSum,
  reshape,
  slice,
  transpose,
} satisfies Record<string, Emitter>;
