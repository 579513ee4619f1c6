// Standard normal random numbers, a composite of primitives: the inverse of the normal distribution at
// uniform numbers. The inverse error function is that of Giles 2010, "Approximating the erfinv function"
// (GPU Computing Gems, Jade Edition), in its single-precision form; it fuses into whoever uses it.

import type { Shape } from "../tensor/shape.js";
import type { Graph, Value } from "./graph.js";
import { constant } from "./ops/bindings.js";
import { add, log, max, mul, neg, select, sqrt, step, sub } from "./ops/pointwise.js";
import { uniform } from "./ops/random.js";

/** Coefficients by falling powers: near the middle, in powers of w - 2.5; else in those of sqrt(w) - 3. */
const CENTRE = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3,
  -4.17768164e-3, 0.246640727, 1.50140941,
];
const TAIL = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3,
  9.43887047e-3, 1.00167406, 2.83297682,
];

/** A polynomial by Horner's rule. */
function polynomial(x: Value, [first, ...rest]: readonly number[]): Value {
  const number = (value: number) => constant(x.graph, value);
  return rest.reduce((sum, next) => add(mul(sum, x), number(next)), number(first));
}

/** The inverse of the error function on (-1, 1). */
function inverseErf(x: Value): Value {
  const number = (value: number) => constant(x.graph, value);
  const w = neg(log(mul(sub(number(1), x), add(number(1), x))));
  const centre = polynomial(sub(w, number(2.5)), CENTRE);
  const tail = polynomial(sub(sqrt(max(w, number(0))), number(3)), TAIL);
  return mul(x, select(step(sub(number(5), w)), centre, tail));
}

/**
 * Fresh standard normal numbers each run, between -5.3 and 5.3; nodes with different `stream` are
 * independent. A uniform number has 24 bits: moved by half of its last one it lies between -1 and 1,
 * exactly and symmetrically, and never on the ends.
 */
export function normal(graph: Graph, shape: Shape, stream: number): Value {
  const number = (value: number) => constant(graph, value);
  const centred = sub(uniform(graph, shape, stream), number(0.5));
  const x = add(mul(centred, number(2)), number(2 ** -24));
  return mul(number(Math.SQRT2), inverseErf(x));
}
