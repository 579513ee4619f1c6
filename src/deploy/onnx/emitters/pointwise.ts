// Element-wise ops.

import type { Emission } from "../emission.js";
import { isFixed } from "../sizes.js";
import type { Emitter } from "./emitter.js";

/** An op that ONNX has under another name. */
const named =
  (type: string): Emitter =>
  ({ inputs }, to) =>
    to.node(
      type,
      inputs.map((value) => to.name(value)),
    );

const BOOL = 9;
const FLOAT = 1;

const asBool = (x: string, to: Emission) => to.node("Cast", [x], { to: BOOL });

/** x P(N(0, 1) <= x), which ONNX has from opset 20 on. */
const gelu: Emitter = ({ inputs: [x] }, to) => {
  const name = to.name(x);
  const scaled = to.node("Mul", [name, to.constant("f32", Math.SQRT1_2)]);
  const sum = to.node("Add", [to.node("Erf", [scaled]), to.constant("f32", 1)]);
  const half = to.node("Mul", [name, to.constant("f32", 0.5)]);
  return to.node("Mul", [half, sum]);
};

const silu: Emitter = ({ inputs: [x] }, to) => {
  const name = to.name(x);
  return to.node("Mul", [name, to.node("Sigmoid", [name])]);
};

const relu6: Emitter = ({ inputs: [x] }, to) =>
  to.node("Clip", [to.name(x), to.constant("f32", 0), to.constant("f32", 6)]);

const step: Emitter = ({ inputs: [x] }, to) =>
  to.node("Cast", [to.node("Greater", [to.name(x), to.constant("f32", 0)])], { to: FLOAT });

const select: Emitter = ({ inputs: [mask, a, b] }, to) =>
  to.node("Where", [asBool(to.name(mask), to), to.name(a), to.name(b)]);

const same: Emitter = ({ inputs: [x] }, to) => to.name(x);

/** Sizes that follow the batch are 1, which an operand of that size fills. */
const expand: Emitter = (node, to) => {
  const [x] = node.inputs;
  const target = to.sizesIn(node, "shape");
  const from = to.sizes(x);
  const fills = target.every(
    (size, axis) => isFixed(size) || !isFixed(from[axis - target.length + from.length] ?? 1),
  );
  if (!fills) throw new RangeError(`expand: ${x} is repeated for each image of the batch`);
  const sizes = target.map((size) => (isFixed(size) ? size : 1));
  return to.node("Expand", [to.name(x), to.constant("i64", sizes)]);
};

export const pointwiseEmitters = {
  abs: named("Abs"),
  add: named("Add"),
  div: named("Div"),
  erf: named("Erf"),
  exp: named("Exp"),
  expand,
  gelu,
  hardSwish: named("HardSwish"),
  log: named("Log"),
  max: named("Max"),
  min: named("Min"),
  mul: named("Mul"),
  neg: named("Neg"),
  pow: named("Pow"),
  relu: named("Relu"),
  relu6,
  round: named("Round"),
  select,
  sigmoid: named("Sigmoid"),
  silu,
  sqrt: named("Sqrt"),
  step,
  stopGradient: same,
  sub: named("Sub"),
  tanh: named("Tanh"),
} satisfies Record<string, Emitter>;
