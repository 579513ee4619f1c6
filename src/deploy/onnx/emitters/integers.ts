// Nets in whole numbers, as ONNX's pairs of QuantizeLinear and DequantizeLinear round ops of f32 (QDQ): runtimes join them
// to ops on bytes. A byte stands for scale * (byte - zero). Ops on bytes of ours know the quotients of scales alone; any
// scale for one of them that keeps the quotients says the same bytes.

import type { Node, Value } from "../../../graph/index.js";
import type { IntegerConvAttrs, IntegerPoolAttrs } from "../../../graph/ops/integer.js";
import type { Emission } from "../emission.js";
import type { Emitter } from "./emitter.js";
import { averagePool, convAttributes, windowAttributes } from "./images.js";

/** What i8 weights are raised by to be u8. */
const RAISED = 128;

const floats = (x: string, scale: number, zero: number, to: Emission): string =>
  to.node("DequantizeLinear", [x, to.constant("f32", scale), to.constant("u8", zero)]);

const bytes = (x: string, scale: number, zero: number, to: Emission): string =>
  to.node("QuantizeLinear", [x, to.constant("f32", scale), to.constant("u8", zero)]);

const numbers = (attrs: unknown) => attrs as Readonly<Record<string, number>>;

const quantise: Emitter = ({ inputs: [x], outputs: [y], attrs }, to) => {
  const { scale, zero } = numbers(attrs);
  to.scales.set(y, scale);
  return bytes(to.name(x), scale, zero, to);
};

const dequantise: Emitter = ({ inputs: [x], attrs }, to) => {
  const { scale, zero } = numbers(attrs);
  return floats(to.name(x), scale, zero, to);
};

/** What a weight of 1 stands for, of each output, and from the scale of the images to that of the result. */
function scalesOf(multiplier: Value, to: Emission): { each: ArrayLike<number>; quotient: number } {
  const { op, inputs } = multiplier.node;
  const factor = inputs.find(({ node }) => node.op.name === "constant");
  const own = inputs.find((value) => value !== factor);
  if (op.name !== "mul" || !factor || !own) {
    return { each: to.known(multiplier)!.data(), quotient: 1 };
  }
  return { each: to.known(own)!.data(), quotient: factor.node.attrs["value"] as number };
}

const integerConv2d: Emitter = (node, to) => {
  const {
    inputs: [x, w, bias, multiplier, residual],
    outputs: [y],
  } = node;
  const attrs = node.attrs as unknown as IntegerConvAttrs;
  const { each, quotient } = scalesOf(multiplier, to);
  const scale = attrs.dtype === "u8" ? to.scale(x) : quotient;
  const unit = scale / quotient;
  to.scales.set(y, unit);
  const perOutput = (name: string, factor: number) =>
    to.tensor(
      to.fresh(name),
      "f32",
      [each.length],
      Array.from(each, (one) => one * factor),
    );
  const [stored, zero] = weightsOf(w, to);
  const zeros = to.ownTensor("weight_zero", to.integerWeights, [each.length], filled(each, zero));
  const weights = [stored, perOutput("weight_scale", 1), zeros];
  const sum = to.node(
    "Conv",
    [
      floats(to.name(x), scale, attrs.zero, to),
      to.node("DequantizeLinear", weights, { axis: 0 }),
      to.node("DequantizeLinear", [to.name(bias), perOutput("bias_scale", scale)], { axis: 0 }),
    ],
    convAttributes(attrs, w.shape.slice(2)),
  );
  const added = residual
    ? to.node("Add", [
        sum,
        floats(to.name(residual), attrs.residualMultiplier * unit, attrs.residualZero, to),
      ])
    : sum;
  return attrs.dtype === "u8" ? bytes(added, unit, attrs.outZero, to) : added;
};

const filled = ({ length }: ArrayLike<number>, value: number) =>
  new Array<number>(length).fill(value);

/** Weights in the type that is asked for, and what stands for 0 in it. */
function weightsOf(w: Value, to: Emission): readonly [name: string, zero: number] {
  if (to.integerWeights === "i8") return [to.name(w), 0];
  const { name, shape, data } = to.known(w)!;
  const raised = Uint8Array.from(data(), (weight) => weight + RAISED);
  return [to.tensor(name, "u8", shape, raised), RAISED];
}

const integerPool2d: Emitter = (node, to) => {
  const {
    inputs: [x],
    outputs: [y],
  } = node;
  const { mode, zero, outZero, multiplier, ...attrs } = node.attrs as unknown as IntegerPoolAttrs;
  if (mode === "largest") {
    to.scales.set(y, to.scale(x));
    return to.node("MaxPool", [to.name(x)], windowAttributes(attrs));
  }
  const [scale, unit] = [to.scale(x), to.scale(x) / multiplier];
  to.scales.set(y, unit);
  const mean = averagePool(floats(to.name(x), scale, zero, to), node, to);
  return bytes(mean, unit, outZero, to);
};

const integerAdd: Emitter = ({ inputs: [a, b], outputs: [y], attrs }, to) => {
  const { zero, otherZero, outZero, multiplier, otherMultiplier } = numbers(attrs);
  const unit = to.scale(a) / multiplier;
  to.scales.set(y, unit);
  const operands = [
    floats(to.name(a), multiplier * unit, zero, to),
    floats(to.name(b), otherMultiplier * unit, otherZero, to),
  ];
  return bytes(to.node("Add", operands), unit, outZero, to);
};

/** Of an op that moves bytes: they mean what they meant. */
export const keepingScale =
  (emitter: Emitter): Emitter =>
  (node: Node, to) => {
    const [x] = node.inputs;
    if (x.dtype === "u8") to.scales.set(node.outputs[0], to.scale(x));
    return emitter(node, to);
  };

export const integerEmitters = {
  dequantise,
  integerAdd,
  integerConv2d,
  integerPool2d,
  quantise,
} satisfies Record<string, Emitter>;
