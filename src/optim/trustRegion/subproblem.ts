// The trust-region sub-problem where its matrix is diagonal: the exact minimiser of a quadratic in a ball
// (Moré and Sorensen 1983, doi 10.1137/0904038), the hard case included. Whoever knows the eigenvectors of
// a matrix has no other sub-problem.

import { InputError } from "../../inputError.js";

/** The minimiser of slope . s + s . (values s) / 2 with |s| <= radius. */
export interface BallMinimiser {
  readonly step: Float64Array;
  /** The multiplier sigma >= 0: (values + sigma) s = -slope, all values + sigma >= 0. */
  readonly shift: number;
  /** By how much the quadratic falls, 0 or more. */
  readonly decrease: number;
}

/** Newton's method on the secular equation converges from one side, quadratically in the end. */
const MOST_ITERATIONS = 200;
const TOLERANCE = 1e-12;

const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

/** -slope / gap where the gap is not 0; 0 where both are. */
const solve = (slope: Float64Array, gaps: Float64Array, shift: number) =>
  slope.map((a, at) => (a === 0 ? 0 : -a / (gaps[at] + shift)));

/** The shift at which the step reaches the ball's border: a zero of 1 / |s| - 1 / radius. */
function borderShift(slope: Float64Array, gaps: Float64Array, radius: number): number {
  let shift = slope.reduce((most, a, at) => Math.max(most, Math.abs(a) / radius - gaps[at]), 0);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const step = solve(slope, gaps, shift);
    const length = norm(step);
    if (length - radius <= TOLERANCE * radius) break;
    const bend = step.reduce(
      (sum, s, at) => (s === 0 ? sum : sum + (s * s) / (gaps[at] + shift)),
      0,
    );
    const next = shift + ((length - radius) / radius) * (length ** 2 / bend);
    if (!(next > shift)) break;
    shift = next;
  }
  return shift;
}

function decreaseOf(step: Float64Array, values: ArrayLike<number>, slope: Float64Array): number {
  const change = step.reduce((sum, s, at) => sum + s * (slope[at] + 0.5 * values[at] * s), 0);
  return Math.max(0, -change);
}

/**
 * Minimises a quadratic with a diagonal matrix in a ball round the origin.
 *
 * @param values the diagonal: eigenvalues in any order, of any sign
 * @param slope the gradient in the same basis
 * @throws InputError for a radius that is not a positive number.
 * @example
 * const { step, shift } = minimiseInBall([2, 1], [4, 0], 1);
 * [...step]; // [-1, 0]
 * shift; // 2
 */
export function minimiseInBall(
  values: ArrayLike<number>,
  slope: ArrayLike<number>,
  radius: number,
): BallMinimiser {
  if (!(radius > 0 && radius < Number.POSITIVE_INFINITY)) {
    throw new InputError(`trust region: the radius is ${radius}; expected a positive number`);
  }
  // A slope whose square is lost counts as none.
  const a = Float64Array.from(slope, (value) => (value * value === 0 ? 0 : value));
  const diagonal = Float64Array.from(values);
  const lowest = diagonal.reduce(
    (least, value) => Math.min(least, value),
    Number.POSITIVE_INFINITY,
  );
  // The least shift that leaves no direction bent downwards. Gaps are measured from there, so that those
  // near 0 keep their digits.
  const least = Math.max(0, -lowest);
  const gaps = diagonal.map((value) => value + least);
  const flat = a.some((slopeAt, at) => slopeAt !== 0 && gaps[at] === 0);
  const inside = flat ? undefined : solve(a, gaps, 0);
  if (!inside || norm(inside) > radius) {
    const shift = borderShift(a, gaps, radius);
    const step = solve(a, gaps, shift);
    return { step, shift: least + shift, decrease: decreaseOf(step, diagonal, a) };
  }
  // The hard case: nothing pulls along the most negative direction, and going along it pays.
  if (least > 0) {
    const at = diagonal.indexOf(lowest);
    inside[at] = Math.sqrt(Math.max(0, radius ** 2 - norm(inside) ** 2));
  }
  return { step: inside, shift: least, decrease: decreaseOf(inside, diagonal, a) };
}
