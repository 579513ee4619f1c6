// A mixing matrix given by the user.

import { InputError } from "../../inputError.js";
import { type Share, withRest } from "./mixing.js";
import type { Topology } from "./topology.js";

type Matrix = readonly (readonly number[])[];

/** How far from 1 a sum may be. */
const TOLERANCE = 1e-6;

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Throws an `InputError` that names the first row or column that is wrong. */
function checkMatrix(matrix: Matrix, particles: number): void {
  const wrong = (what: string) => new InputError(`topology: ${what}`);
  if (matrix.length !== particles) {
    throw wrong(`the matrix has ${matrix.length} rows, but the swarm has ${particles} particles`);
  }
  for (const [at, row] of matrix.entries()) {
    if (row.length !== particles) {
      throw wrong(`row ${at} has ${row.length} numbers, expected ${particles}, one a particle`);
    }
    const bad = row.findIndex((weight) => !(weight >= 0));
    if (bad !== -1) throw wrong(`row ${at} has ${row[bad]} at ${bad}; expected numbers from 0`);
    checkSum(`row ${at}`, sumOf(row));
  }
  for (const at of matrix.keys()) checkSum(`column ${at}`, sumOf(matrix.map((row) => row[at])));
}

function checkSum(what: string, sum: number): void {
  if (Math.abs(sum - 1) <= TOLERANCE) return;
  throw new InputError(
    `topology: ${what} sums to ${sum}, expected 1: every row and every column of a mixing matrix must`,
  );
}

/**
 * Row `self` of the matrix that is left when some are lost. What a particle gave to the lost ones it
 * keeps; where it gave more than it got, as in one-way graphs, those that got more than they gave
 * make up for it, so that columns still sum to 1.
 */
function rowWithout(matrix: Matrix, self: number, present: readonly boolean[]): readonly number[] {
  const fromLost = (weight: (lost: number) => number) =>
    present.reduce((sum, here, lost) => sum + (here ? 0 : weight(lost)), 0);
  const given = present.map((here, i) => (here ? fromLost((lost) => matrix[i][lost]) : 0));
  const got = present.map((here, i) => (here ? fromLost((lost) => matrix[lost][i]) : 0));
  const kept = given.map((mass, i) => Math.min(mass, got[i]));
  const open = given.map((mass, i) => mass - kept[i]);
  const missing = got.map((mass, i) => mass - kept[i]);
  const total = sumOf(open);
  return matrix[self].map((weight, j) => {
    if (!present[j]) return 0;
    const own = j === self ? kept[self] : 0;
    return weight + own + (total > 0 ? (open[self] * missing[j]) / total : 0);
  });
}

/** Any doubly stochastic matrix; row = receiver. */
export const givenMatrix = (matrix: Matrix): Topology => ({
  name: "matrix",
  source: "Lian et al. 2017, arXiv 1705.09056",
  check: (particles) => checkMatrix(matrix, particles),
  row(self, present) {
    const weights = rowWithout(matrix, self, present);
    const others = weights.flatMap((weight, particle): Share[] =>
      weight > 0 && particle !== self ? [{ particle, weight }] : [],
    );
    return withRest(self, others);
  },
});
