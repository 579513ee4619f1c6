// CMA-ES: points of a normal distribution, whose mean, step and covariance follow the better half of each generation
// (Hansen and Ostermeier 2001, Evolutionary Computation 9; formulas and defaults of Hansen 2016, "The CMA evolution
// strategy: a tutorial", arXiv 1604.00772, without negative weights). In the unit cube, where values that are not
// numbers are cells of a coordinate: it is for numbers.

import { z } from "zod";
import type { Random } from "../../tensor/philox.js";
import { symmetricEigen } from "../../tensor/symmetricEigen.js";
import { coordinatesOf, fromCube, toCube } from "../cube.js";
import { generationsOf } from "../generations.js";
import { ranked } from "../ranking.js";
import { type Asked, MOST, sampler, type Told } from "../search.js";
import { keyOf } from "../space.js";

interface Strategy {
  readonly weights: readonly number[];
  readonly effective: number;
  readonly cSigma: number;
  readonly damping: number;
  readonly cPath: number;
  readonly cOne: number;
  readonly cMu: number;
  /** The expected length of a standard normal vector. */
  readonly length: number;
}

/** Table 1 of the tutorial. */
function strategyOf(n: number, size: number): Strategy {
  const raw = Array.from(
    { length: Math.floor(size / 2) },
    (_, at) => Math.log((size + 1) / 2) - Math.log(at + 1),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const weights = raw.map((weight) => weight / sum);
  const effective = 1 / weights.reduce((total, weight) => total + weight ** 2, 0);
  const cSigma = (effective + 2) / (n + effective + 5);
  const cOne = 2 / ((n + 1.3) ** 2 + effective);
  return {
    weights,
    effective,
    cSigma,
    damping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + cSigma,
    cPath: (4 + effective / n) / (n + 4 + (2 * effective) / n),
    cOne,
    cMu: Math.min(1 - cOne, (2 * (effective - 2 + 1 / effective)) / ((n + 2) ** 2 + effective)),
    length: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** The distribution, with its evolution paths. Matrices are [n, n], row by row. */
interface State {
  mean: Float64Array;
  step: number;
  covariance: Float64Array;
  stepPath: Float64Array;
  path: Float64Array;
  generation: number;
}

const begin = (n: number, step: number): State => ({
  mean: new Float64Array(n).fill(0.5),
  step,
  covariance: Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0)),
  stepPath: new Float64Array(n),
  path: new Float64Array(n),
  generation: 0,
});

/** Roots of the eigenvalues, which rounding may have put below 0, and eigenvectors. */
function axesOf({ covariance, mean }: State) {
  const { values, vectors } = symmetricEigen(covariance, mean.length);
  return { roots: values.map((value) => Math.sqrt(Math.max(1e-20, value))), vectors };
}
type Axes = ReturnType<typeof axesOf>;

/** Draws again while a point lies outside of the cube, so often; then it is cut. */
const DRAWS = 10;

/** The point of a trial. */
function drawn({ mean, step }: State, { roots, vectors }: Axes, random: Random): Float64Array {
  const n = mean.length;
  let point = mean;
  for (let draw = 0; draw < DRAWS; draw++) {
    const z = roots.map((root) => root * random.normal());
    point = mean.map((centre, row) => {
      let sum = 0;
      for (let at = 0; at < n; at++) sum += vectors[row * n + at] * z[at];
      return centre + step * sum;
    });
    if (point.every((x) => x >= 0 && x <= 1)) break;
  }
  return point.map((x) => Math.max(0, Math.min(1, x)));
}

/** The point that a trial was: as it was drawn, or of settings that come from elsewhere their own. */
function pointOf({ space, random }: Asked, state: State, axes: Axes, number: number, told: Told) {
  const own = drawn(state, axes, random(number));
  if (keyOf(space, fromCube(space, own)) === keyOf(space, told.settings)) return own;
  // What does not exist lies in the middle and moves nothing.
  return toCube(space, told.settings).map((x, at) => (Number.isNaN(x) ? state.mean[at] : x));
}

/** The distribution after a generation: equations 23 to 37 of the tutorial. `steps` are (point - mean) / step, the best first. */
function update(state: State, axes: Axes, steps: readonly Float64Array[], s: Strategy): State {
  const n = state.mean.length;
  const mixed = state.mean.map((_, at) =>
    s.weights.reduce((sum, weight, rank) => sum + weight * steps[rank][at], 0),
  );
  // C^(-1/2) of the mean step.
  const white = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    let along = 0;
    for (let at = 0; at < n; at++) along += axes.vectors[at * n + k] * mixed[at];
    for (let at = 0; at < n; at++) white[at] += (axes.vectors[at * n + k] * along) / axes.roots[k];
  }
  const generation = state.generation + 1;
  const pull = Math.sqrt(s.cSigma * (2 - s.cSigma) * s.effective);
  const stepPath = state.stepPath.map((old, at) => (1 - s.cSigma) * old + pull * white[at]);
  const length = Math.hypot(...stepPath);
  const settled = Math.sqrt(1 - (1 - s.cSigma) ** (2 * generation));
  const heeds = length / settled < (1.4 + 2 / (n + 1)) * s.length ? 1 : 0;
  const along = heeds * Math.sqrt(s.cPath * (2 - s.cPath) * s.effective);
  const path = state.path.map((old, at) => (1 - s.cPath) * old + along * mixed[at]);
  const lost = (1 - heeds) * s.cPath * (2 - s.cPath);
  const covariance = state.covariance.map((old, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    const rankMu = s.weights.reduce(
      (sum, weight, rank) => sum + weight * steps[rank][row] * steps[rank][column],
      0,
    );
    return (
      (1 + s.cOne * lost - s.cOne - s.cMu) * old +
      s.cOne * path[row] * path[column] +
      s.cMu * rankMu
    );
  });
  return {
    mean: state.mean.map((centre, at) => centre + state.step * mixed[at]),
    step: Math.min(1, state.step * Math.exp((s.cSigma / s.damping) * (length / s.length - 1))),
    ...{ covariance, stepPath, path, generation },
  };
}

export const cmaes = sampler({
  name: "cmaes",
  description: "covariance matrix adaptation",
  source: "Hansen and Ostermeier 2001, Evolutionary Computation 9; Hansen 2016, arXiv 1604.00772",
  options: z.strictObject({
    population: z
      .int()
      .min(0)
      .max(MOST)
      .default(0)
      .describe("trials of a generation; 0: 4 + 3 ln of the number of coordinates, rounded down"),
    step: z.number().gt(0).max(1).default(0.25).describe("first standard deviation in the cube"),
  }),
  next(asked, { population, step }) {
    const { space, told, number, random } = asked;
    const n = coordinatesOf(space).length;
    const size = population > 3 ? population : 4 + Math.floor(3 * Math.log(n));
    const generations = generationsOf(told, size);
    if (generations === "wait") return generations;
    const strategy = strategyOf(n, size);
    let state = begin(n, step);
    for (const [generation, trials] of generations.past.entries()) {
      const axes = axesOf(state);
      const steps = ranked(trials).map((at) => {
        const point = pointOf(asked, state, axes, generation * size + at, trials[at]);
        return point.map((x, axis) => (x - state.mean[axis]) / state.step);
      });
      state = update(state, axes, steps, strategy);
    }
    return { settings: fromCube(space, drawn(state, axesOf(state), random(number))) };
  },
});
