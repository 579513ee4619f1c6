// Arithmetic, comparisons and conversions of single numbers.

import {
  abs,
  add,
  div,
  erf,
  exp,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  reshape,
  round,
  select,
  sqrt,
  sub,
  type Value,
} from "../../graph/index.js";
import { type ElementType, elementType } from "../../tensor/onnx/elements.js";
import { equal, floor, greater, not, sign, truncated } from "../compose.js";
import { type Builder, type Step, unary } from "../step.js";

const isFloat = (type: ElementType) => ["f32", "f64", "f16", "bf16"].includes(type);

/** The second operand; before opset 7 it is laid along an axis by an attribute. */
function second(step: Step): Value {
  const [a, b] = [step.x(), step.x(1)];
  if (step.opset >= 7 || step.int("broadcast", 0) === 0 || !step.has("axis")) return b;
  const axis = step.axis(step.int("axis", 0));
  return reshape(
    b,
    a.shape.map((_, at) => b.shape[at - axis] ?? 1),
  );
}

const binary =
  (rule: (a: Value, b: Value) => Value): Builder =>
  (step) =>
    rule(step.x(), second(step));

const compared =
  (rule: (a: Value, b: Value) => Value): Builder =>
  (step) => ({ value: rule(step.x(), second(step)), type: "bool" });

const several =
  (rule: (a: Value, b: Value) => Value): Builder =>
  (step) =>
    step.inputs.map((_, at) => step.x(at)).reduce(rule);

const divided: Builder = (step) => {
  const quotient = div(step.x(), second(step));
  return isFloat(step.typeOf()) ? quotient : truncated(quotient);
};

const MOST_POWER = 8;

/** By multiplications where the exponent is a small whole number, which negative numbers have powers of. */
const power: Builder = (step) => {
  const x = step.x();
  const numbers = step.operand(1).known?.data;
  const exponent = numbers?.[0] ?? 0.5;
  const small = Number.isInteger(exponent) && exponent >= 1 && exponent <= MOST_POWER;
  if (numbers?.length !== 1 || !small) return pow(x, second(step));
  return new Array<Value>(exponent).fill(x).reduce((a, b) => mul(a, b));
};

/** What is left of a division, with the sign of the divisor, or where `fmod` says so of the dividend. */
const modulo: Builder = (step) => {
  const [a, b] = [step.x(), step.x(1)];
  const quotient = div(a, b);
  const whole = step.int("fmod", 0) === 1 ? truncated(quotient) : floor(quotient);
  return sub(a, mul(b, whole));
};

const mean: Builder = (step) => {
  const all = step.inputs.map((_, at) => step.x(at));
  return mul(
    all.reduce((a, b) => add(a, b)),
    step.constant(1 / all.length),
  );
};

const clip: Builder = (step) => {
  const bound = (at: number, name: string) => {
    if (step.maybe(at)) return step.x(at);
    return step.has(name) ? step.constant(step.float(name, 0)) : undefined;
  };
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  const from = low ? max(step.x(), low) : step.x();
  return high ? min(from, high) : from;
};

/** Whole numbers and bool of f32 lose what stands behind the point; bool is 1 for all but 0. */
const cast: Builder = (step) => {
  const type = elementType(step.int("to", 1)) ?? step.fail("expected a type of numbers");
  const [x, from] = [step.x(), step.typeOf()];
  if (type === "bool") return { value: not(equal(x, step.constant(0))), type };
  return { value: isFloat(from) && !isFloat(type) ? truncated(x) : x, type };
};

const where: Builder = (step) => ({
  value: select(step.x(), step.x(1), step.x(2)),
  type: step.typeOf(1),
});

const identity: Builder = (step) => step.x();

/** As nets are used, it changes nothing; the mask says that all is kept. */
const dropout: Builder = (step) => {
  const training = step.maybe(2)?.known?.data[0] ?? 0;
  const ratio = step.maybe(1)?.known?.data[0] ?? 0.5;
  if (training !== 0 && ratio !== 0) {
    return step.fail("its random numbers are not those of another program; expected inference");
  }
  const x = step.x();
  return [x, { value: step.filled(x.shape, 1), type: step.opset < 10 ? step.typeOf() : "bool" }];
};

export const elementwise = {
  Abs: unary(abs),
  Add: binary(add),
  And: compared(mul),
  Cast: cast,
  Ceil: unary((x) => neg(floor(neg(x)))),
  Clip: clip,
  Div: divided,
  Dropout: dropout,
  Equal: compared(equal),
  Erf: unary(erf),
  Exp: unary(exp),
  Floor: unary(floor),
  Greater: compared(greater),
  GreaterOrEqual: compared((a, b) => not(greater(b, a))),
  Identity: identity,
  Less: compared((a, b) => greater(b, a)),
  LessOrEqual: compared((a, b) => not(greater(a, b))),
  Log: unary(log),
  Max: several(max),
  Mean: mean,
  Min: several(min),
  Mod: modulo,
  Mul: binary(mul),
  Neg: unary(neg),
  Not: (step) => ({ value: not(step.x()), type: "bool" }),
  Or: compared((a, b) => max(a, b)),
  Pow: power,
  Reciprocal: (step) => div(step.constant(1), step.x()),
  Round: unary(round),
  Sign: unary(sign),
  Sqrt: unary(sqrt),
  Sub: binary(sub),
  Sum: several(add),
  Where: where,
  Xor: compared((a, b) => not(equal(a, b))),
} satisfies Record<string, Builder>;
