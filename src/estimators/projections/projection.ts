// The contract of projections: rows of many numbers as points of a plane, to be looked at. Pure functions: the same rows
// and random numbers give the same points.

import { InputError } from "../../inputError.js";
import type { RandomKey } from "../../tensor/philox.js";
import { checkFinite, type Matrix, rowOf, squaredLengths } from "../matrix.js";
import { columnMeans } from "../standardise.js";

/** Points of a plane, and how they came there. */
export interface PlanePoints {
  /** A point for each row [rows, 2]. */
  readonly points: Matrix;
  /** Settings and how well it went, in words. */
  readonly note: string;
  /** What the two directions mean; absent where only neighbourhoods do. */
  readonly axes?: readonly [string, string];
}

/** A projection as data: a new one is a file with such a record, its test and a line in the index. */
export interface Projection {
  readonly name: string;
  /** As papers write it. */
  readonly title: string;
  /** Paper and year. */
  readonly source: string;
  /**
   * Finds points for rows.
   *
   * @param rows [rows, columns], finite, two at least that differ
   * @param random names the random numbers, where some are needed; default seed 0
   * @throws InputError naming what cannot be used.
   */
  project(rows: Matrix, random?: RandomKey): Promise<PlanePoints>;
}

/** Variance that rounding leaves of equal rows, as a share of their mean squared length. */
const ROUNDING = 1e-11;

/** Refuses rows that no plane can show. */
export function checkRows(name: string, rows: Matrix): void {
  if (rows.rows < 2)
    throw new InputError(`${name}: ${rows.rows} row to place; expected two at least`);
  checkFinite(rows);
  const mean = columnMeans(rows);
  let spread = 0;
  for (let row = 0; row < rows.rows; row++)
    for (const [at, value] of rowOf(rows, row).entries()) spread += (value - mean[at]) ** 2;
  const total = squaredLengths(rows).reduce((sum, square) => sum + square, 0);
  if (spread > ROUNDING * total) return;
  throw new InputError(
    `${name}: all ${rows.rows} rows are the same; expected some that differ, as there is nothing to tell apart`,
  );
}
