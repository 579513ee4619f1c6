// The minimum of a smooth convex function by Newton's method, its steps by conjugate gradients (Nocedal and Wright,
// "Numerical Optimization", 2006, algorithm 7.1), for losses of linear classifiers.

/** What is known of a convex function at a place. */
export interface ConvexPoint {
  readonly value: number;
  readonly gradient: Float64Array;
  /** The Hessian's product with a direction. */
  curvature(direction: Float64Array): Float64Array;
}

/** A convex function of a vector. */
export type Convex = (w: Float64Array) => ConvexPoint;

/** When {@link minimise} ends. */
export interface MinimiseOptions {
  /** The largest entry of the gradient, as a share of that at the start; default 1e-8. */
  readonly tolerance?: number;
  /** Most steps; default 100. */
  readonly steps?: number;
}

/** Part of the descent that the gradient promises which a step has to keep (Armijo 1966). */
const SUFFICIENT = 1e-4;
/** Halvings of a step after which rounding alone stands against it. */
const MOST_HALVINGS = 40;

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

const largest = (vector: Float64Array) =>
  vector.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);

/** `a + factor * b`. */
export function plus(a: Float64Array, factor: number, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let at = 0; at < a.length; at++) sum[at] = a[at] + factor * b[at];
  return sum;
}

/** The direction d with H d = -g, nearly: the nearer to the minimum, the more exactly. */
function newtonDirection({ gradient, curvature }: ConvexPoint, relative: number): Float64Array {
  let direction: Float64Array = new Float64Array(gradient.length);
  let residual: Float64Array = gradient.map((entry) => -entry);
  let along: Float64Array = residual;
  let square = dot(residual, residual);
  const enough = square * Math.min(0.1, relative) ** 2;
  for (let round = 0; round < Math.max(50, 2 * gradient.length) && square > enough; round++) {
    const bent = curvature(along);
    const curve = dot(along, bent);
    if (!(curve > 0)) break;
    const step = square / curve;
    direction = plus(direction, step, along);
    residual = plus(residual, -step, bent);
    const next = dot(residual, residual);
    along = plus(residual, next / square, along);
    square = next;
  }
  return direction;
}

/** The first of ever shorter steps that descends enough; `undefined` when none does. */
function descend(convex: Convex, w: Float64Array, from: ConvexPoint, direction: Float64Array) {
  const slope = dot(from.gradient, direction);
  let step = 1;
  for (let halved = 0; halved < MOST_HALVINGS; halved++, step /= 2) {
    const moved = plus(w, step, direction);
    const point = convex(moved);
    if (point.value <= from.value + SUFFICIENT * step * slope) return { moved, point };
  }
  return undefined;
}

/**
 * The place of the smallest value, from a start.
 *
 * @example
 * // (w - 3)^2
 * const square = (w: Float64Array) => ({
 *   value: (w[0] - 3) ** 2,
 *   gradient: Float64Array.of(2 * (w[0] - 3)),
 *   curvature: (direction: Float64Array) => direction.map((entry) => 2 * entry),
 * });
 * minimise(square, Float64Array.of(0)); // Float64Array.of(3)
 */
export function minimise(
  convex: Convex,
  start: Float64Array,
  { tolerance = 1e-8, steps = 100 }: MinimiseOptions = {},
): Float64Array {
  let w = start;
  let point = convex(w);
  const first = largest(point.gradient);
  for (let step = 0; step < steps; step++) {
    const size = largest(point.gradient);
    if (size <= tolerance * first) break;
    const direction = newtonDirection(point, Math.sqrt(size / first));
    const next = descend(convex, w, point, direction);
    // What is left of the gradient is rounding.
    if (!next) break;
    w = next.moved;
    point = next.point;
  }
  return w;
}
