// What a restricted Boltzmann machine says (Smolensky 1986; Hinton 2002): visible units v and hidden ones h, which are 0 or 1,
// with the energy
//   E(v, h) = -b v - c h - h W v, or for real v of spread 1
//   E(v, h) = |v - b|^2 / 2 - c h - h W v.

import type { Random } from "../../tensor/philox.js";
import type { Matrix } from "../matrix.js";
import { type Multiply, mapped, timesMatrix } from "./products.js";

/** Parameters of a machine. */
export interface Machine {
  /** W [hidden, visible]. */
  readonly weights: Matrix;
  /** b [1, visible]. */
  readonly visible: Matrix;
  /** c [1, hidden]. */
  readonly hidden: Matrix;
  /** Whether visible units are real numbers of spread 1; default they are 0 or 1. */
  readonly gaussian: boolean;
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** log(1 + e^value). */
const softplus = (value: number): number =>
  Math.max(0, value) + Math.log1p(Math.exp(-Math.abs(value)));

/** Probabilities of hidden units to be 1 [rows, hidden], given visible ones. */
export async function hiddenMeans({ weights, hidden }: Machine, rows: Matrix, multiply: Multiply) {
  const along = await multiply(rows, weights);
  return mapped(along, (value, unit) => sigmoid(value + hidden.data[unit]));
}

/** Means of visible units [rows, visible], given hidden ones. */
export async function visibleMeans(machine: Machine, codes: Matrix, multiply: Multiply) {
  const { weights, visible, gaussian } = machine;
  const along = await timesMatrix(multiply, codes, weights);
  const mean = gaussian ? (value: number) => value : sigmoid;
  return mapped(along, (value, unit) => mean(value + visible.data[unit]));
}

/** Units that are 1 with the probabilities given. */
export const drawBinary = (means: Matrix, random: Random): Matrix =>
  mapped(means, (mean) => (random.uniform() < mean ? 1 : 0));

/** Visible units drawn by their means. */
export const drawVisible = ({ gaussian }: Machine, means: Matrix, random: Random): Matrix =>
  gaussian ? mapped(means, (mean) => mean + random.normal()) : drawBinary(means, random);

/**
 * `steps` of Gibbs sampling from hidden units on: visible ones given hidden ones, then hidden ones given visible ones. The
 * last hidden units come as their probabilities, too.
 */
export async function gibbs(
  machine: Machine,
  codes: Matrix,
  steps: number,
  random: Random,
  multiply: Multiply,
): Promise<{ readonly visible: Matrix; readonly means: Matrix; readonly hidden: Matrix }> {
  let hidden = codes;
  let visible = codes;
  let means = codes;
  for (let step = 0; step < steps; step++) {
    visible = drawVisible(machine, await visibleMeans(machine, hidden, multiply), random);
    means = await hiddenMeans(machine, visible, multiply);
    hidden = drawBinary(means, random);
  }
  return { visible, means, hidden };
}

/** Free energy of each row: minus the log of its probability, but for a number that is the same for all. */
export async function freeEnergies(machine: Machine, rows: Matrix, multiply: Multiply) {
  const { weights, visible, hidden, gaussian } = machine;
  const along = await multiply(rows, weights);
  const energies = new Float64Array(rows.rows);
  for (let at = 0; at < along.data.length; at++) {
    const unit = at % along.columns;
    energies[Math.floor(at / along.columns)] -= softplus(along.data[at] + hidden.data[unit]);
  }
  for (let at = 0; at < rows.data.length; at++) {
    const [value, bias] = [rows.data[at], visible.data[at % rows.columns]];
    energies[Math.floor(at / rows.columns)] += gaussian ? (value - bias) ** 2 / 2 : -bias * value;
  }
  return energies;
}
