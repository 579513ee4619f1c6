// Element-wise ops: each is a function of numbers; one loop with broadcasting serves all.

import type { FusedAttrs } from "../../../graph/ops/fused.js";
import type { OpName } from "../../../graph/ops/index.js";
import { broadcastStrides, type Shape, sameShape, sizeOf } from "../../../tensor/shape.js";
import { erf } from "./erf.js";
import { offsets, pick } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

type Pointwise = (a: number, b: number, c: number) => number;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  return x - below === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

/** The functions of pointwise ops with operands, by name. */
export const pointwiseFunctions = {
  abs: Math.abs,
  add: (a, b) => a + b,
  div: (a, b) => a / b,
  erf,
  exp: Math.exp,
  expand: (x) => x,
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  hardSwish: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  log: Math.log,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  mul: (a, b) => a * b,
  neg: (x) => -x,
  pow: (a, b) => a ** b,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  round: roundHalfEven,
  select: (mask, a, b) => (mask !== 0 ? a : b),
  sigmoid,
  silu: (x) => x * sigmoid(x),
  sqrt: Math.sqrt,
  step: (x) => (x > 0 ? 1 : 0),
  stopGradient: (x) => x,
  sub: (a, b) => a - b,
  tanh: Math.tanh,
} satisfies Partial<Record<OpName, Pointwise>>;

type PointwiseName = keyof typeof pointwiseFunctions;

/** An operand's elements, repeated to fill `shape`. */
function broadcast(values: Float64Array, from: Shape, shape: Shape): Float64Array {
  if (sameShape(from, shape)) return values;
  return pick(values, offsets(shape, broadcastStrides(from, shape)));
}

/** Applies a function to operands of equal length. */
function map(compute: Pointwise, [a, b = a, c = a]: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(a.length);
  for (let at = 0; at < result.length; at++) result[at] = compute(a[at], b[at], c[at]);
  return result;
}

const kernelOf =
  (compute: Pointwise): Kernel =>
  (inputs, { inputs: values, outputs: [{ shape }] }) => [
    map(
      compute,
      inputs.map((input, at) => broadcast(input, values[at].shape, shape)),
    ),
  ];

const constant: Kernel<{ readonly value: number }> = (_, { attrs }) => [
  Float64Array.of(attrs.value),
];

/** Runs the instructions one after the other over whole arrays; see the op for their form. */
const fused: Kernel<FusedAttrs> = (inputs, { inputs: operands, attrs }) => {
  const { shape, code, args, values, results } = attrs;
  const registers = inputs.map((input, at) => broadcast(input, operands[at].shape, shape));
  for (const [at, name] of code.entries()) {
    const from = args.slice(3 * at, 3 * at + 3).filter((register) => register >= 0);
    registers.push(
      name === "constant"
        ? new Float64Array(sizeOf(shape)).fill(values[at])
        : map(
            pointwiseFunctions[name as PointwiseName],
            from.map((register) => registers[register]),
          ),
    );
  }
  return results.map((register) => registers[register]);
};

export const pointwiseKernels = {
  ...(Object.fromEntries(
    Object.entries(pointwiseFunctions).map(([name, compute]) => [name, kernelOf(compute)]),
  ) as Readonly<Record<PointwiseName, Kernel>>),
  constant,
  fused,
} satisfies Partial<Kernels>;
