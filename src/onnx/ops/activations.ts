// Activations and softmax.

import {
  abs,
  add,
  div,
  exp,
  gelu,
  hardSwish,
  log,
  logSoftmax,
  max,
  min,
  mul,
  neg,
  reduceMax,
  reduceSum,
  relu,
  reshape,
  sigmoid,
  silu,
  step as stepOf,
  stopGradient,
  sub,
  tanh,
  type Value,
} from "../../graph/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { byRows, scaled, shifted } from "../compose.js";
import { type Builder, type Step, unary } from "../step.js";

const negative = (x: Value): Value => neg(relu(neg(x)));

/** x above 0, and slope * x below. */
const leaky = (x: Value, slope: Value): Value => add(relu(x), mul(slope, negative(x)));

/** x above 0, and e^x - 1 below, from numbers that do not overflow. */
const exponential = (x: Value, alpha: number): Value =>
  add(relu(x), scaled(shifted(exp(negative(x)), -1), alpha));

const SELU_ALPHA = 1.6732631921768188;
const SELU_GAMMA = 1.0507010221481323;

const selu: Builder = (step) =>
  scaled(exponential(step.x(), step.float("alpha", SELU_ALPHA)), step.float("gamma", SELU_GAMMA));

/** log(1 + e^x) */
const softplus = (x: Value): Value => add(relu(x), log(shifted(exp(neg(abs(x))), 1)));

const geluOf: Builder = (step) => {
  const x = step.x();
  if (step.text("approximate", "none") !== "tanh") return gelu(x);
  const cube = mul(x, mul(x, x));
  const inner = scaled(add(x, scaled(cube, 0.044715)), Math.sqrt(2 / Math.PI));
  return mul(scaled(x, 0.5), shifted(tanh(inner), 1));
};

const hardSigmoid: Builder = (step) => {
  const line = shifted(scaled(step.x(), step.float("alpha", 0.2)), step.float("beta", 0.5));
  return min(max(line, step.constant(0)), step.constant(1));
};

const swish: Builder = (step) => {
  const [x, alpha] = [step.x(), step.float("alpha", 1)];
  return alpha === 1 ? silu(x) : mul(x, sigmoid(scaled(x, alpha)));
};

/** A rule for rows along an axis; before opset 13 along all axes from one on. */
const softmaxBy =
  (rule: (rows: Value) => Value): Builder =>
  (step) => {
    const x = step.x();
    const axis = step.axis(step.int("axis", step.opset < 13 ? 1 : -1));
    if (step.opset >= 13) return byRows(x, axis, rule);
    const rows = sizeOf(x.shape.slice(0, axis));
    return reshape(rule(reshape(x, [rows, sizeOf(x.shape) / rows])), x.shape);
  };

/** By quotients, which large numbers keep apart where logarithms do not. */
function softmax(rows: Value): Value {
  const most = stopGradient(reduceMax(rows, [-1], true));
  const powers = exp(sub(rows, most));
  return div(powers, reduceSum(powers, [-1], true));
}

const elu = (step: Step): Value => exponential(step.x(), step.float("alpha", 1));

export const activations = {
  Elu: elu,
  Gelu: geluOf,
  HardSigmoid: hardSigmoid,
  HardSwish: unary(hardSwish),
  LeakyRelu: (step) => leaky(step.x(), step.constant(step.float("alpha", 0.01))),
  LogSoftmax: softmaxBy(logSoftmax),
  Mish: unary((x) => mul(x, tanh(softplus(x)))),
  PRelu: (step) => leaky(step.x(), step.x(1)),
  Relu: unary(relu),
  Selu: selu,
  Sigmoid: unary(sigmoid),
  Softmax: softmaxBy(softmax),
  Softplus: unary(softplus),
  Softsign: unary((x) => div(x, shifted(abs(x), 1))),
  Swish: swish,
  Tanh: unary(tanh),
  ThresholdedRelu: (step) => {
    const x = step.x();
    return mul(x, stepOf(sub(x, step.constant(step.float("alpha", 1)))));
  },
} satisfies Record<string, Builder>;
