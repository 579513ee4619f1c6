// Initial values of parameters. Fan-in and fan-out count the connections of one unit: for weights
// [out, in, kh, kw] they are in * kh * kw and out * kh * kw.

import type { Random } from "../tensor/philox.js";
import { type Shape, sizeOf } from "../tensor/shape.js";

/** Fills `values`, a tensor of `shape` in row-major order. */
export type Initialiser = (values: Float32Array, shape: Shape, random: Random) => void;

/**
 * Connections into and out of one unit.
 *
 * @example
 * fans([16, 3, 5, 5]); // { fanIn: 75, fanOut: 400 }
 */
export function fans(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  const window = sizeOf(shape.slice(2));
  return { fanIn: (shape[1] ?? 1) * window, fanOut: shape[0] * window };
}

/**
 * Every element the same.
 *
 * @example
 * const shift = new Float32Array(2);
 * fill(1)(shift, [2], new Random({ seed: 1, purpose: "init" }));
 * [...shift]; // [1, 1]
 */
export const fill =
  (value: number): Initialiser =>
  (values) => {
    values.fill(value);
  };

/**
 * Given numbers, in row-major order.
 *
 * @example
 * const kernel = values([-1, 0, 1]);
 * const net = build(conv2d(1, [1, 3], { init: kernel, bias: false }), [1, 1, 8, 8], { training: true });
 * [...initialise(net, 1)]; // [-1, 0, 1]
 */
export const values =
  (numbers: ArrayLike<number>): Initialiser =>
  (target) => {
    target.set(numbers);
  };

const normal =
  (std: (shape: Shape) => number): Initialiser =>
  (target, shape, random) => {
    const scale = std(shape);
    for (let at = 0; at < target.length; at++) target[at] = scale * random.normal();
  };

const uniform =
  (bound: (shape: Shape) => number): Initialiser =>
  (target, shape, random) => {
    const limit = bound(shape);
    for (let at = 0; at < target.length; at++) target[at] = limit * (2 * random.uniform() - 1);
  };

/**
 * He et al. 2015 (arXiv 1502.01852): normal with variance 2 / fan, which keeps the variance through
 * ReLU. The fan is that of the inputs (`"in"`, the default) or of the outputs.
 *
 * @example
 * const w = new Float32Array(10_000);
 * heNormal()(w, [100, 100], new Random({ seed: 1, purpose: "init" }));
 * const variance = w.reduce((sum, value) => sum + value ** 2, 0) / w.length;
 * variance.toFixed(3); // "0.020"
 */
export const heNormal = (mode: "in" | "out" = "in"): Initialiser =>
  normal((shape) => Math.sqrt(2 / (mode === "in" ? fans(shape).fanIn : fans(shape).fanOut)));

/**
 * The uniform form of He's initialiser: between +-sqrt(6 / fan-in).
 *
 * @example
 * const w = new Float32Array(600);
 * heUniform()(w, [100, 6], new Random({ seed: 1, purpose: "init" }));
 * w.every((value) => Math.abs(value) <= 1); // true
 */
export const heUniform = (): Initialiser => uniform((shape) => Math.sqrt(6 / fans(shape).fanIn));

/** Xavier (Glorot and Bengio 2010): normal with variance 2 / (fan-in + fan-out), for tanh. */
export const xavierNormal = (): Initialiser =>
  normal((shape) => Math.sqrt(2 / (fans(shape).fanIn + fans(shape).fanOut)));

/**
 * The uniform form of Xavier's initialiser: between +-sqrt(6 / (fan-in + fan-out)).
 *
 * @example
 * const w = new Float32Array(9);
 * xavierUniform()(w, [3, 3], new Random({ seed: 1, purpose: "init" }));
 * w.every((value) => Math.abs(value) <= 1); // true
 */
export const xavierUniform = (): Initialiser =>
  uniform((shape) => Math.sqrt(6 / (fans(shape).fanIn + fans(shape).fanOut)));

/** LeCun et al. 1998 (Efficient BackProp): normal with variance 1 / fan-in. */
export const lecunNormal = (): Initialiser => normal((shape) => Math.sqrt(1 / fans(shape).fanIn));

/** Uniform in +-`bound` / fan-in; 2.4 is LeNet-5's (1998). */
export const uniformFanIn = (bound: number): Initialiser =>
  uniform((shape) => bound / fans(shape).fanIn);

/** Normal with a fixed standard deviation. */
export const normalWith = (std: number): Initialiser => normal(() => std);
