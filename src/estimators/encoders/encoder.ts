// The contract of encoders: what is fitted to a table of features without labels and gives a code for each row. Pure
// functions: the same rows, options and random numbers give the same codes, and nothing that is given is changed. What
// was fitted is told as arrays by name; an encoder opened from them is the one that was fitted.

import { InputError } from "../../inputError.js";
import type { RandomKey } from "../../tensor/philox.js";
import type { EstimatorOptions } from "../estimator.js";
import { checkFinite, type Matrix } from "../matrix.js";
import type { Multiply } from "./products.js";

/** An encoder as plain data. */
export interface SavedEncoder {
  /** Name of the family. */
  readonly encoder: string;
  /** Numbers of a row that it takes. */
  readonly columns: number;
  readonly options: EstimatorOptions;
  readonly arrays: Readonly<Record<string, Matrix>>;
}

/** An encoder that has been fitted. Its functions throw an `InputError` for rows of other columns or not finite. */
export interface FittedEncoder {
  /** Codes [rows, width]. */
  encode(rows: Matrix): Promise<Matrix>;
  /** Rows that codes stand for [rows, columns]; absent where a code does not tell. */
  decode?(codes: Matrix): Promise<Matrix>;
  /** How well each row fits what was learned, higher for better; scores of one encoder can be compared. */
  score?(rows: Matrix): Promise<Float64Array>;
  readonly saved: SavedEncoder;
}

/** What a fit gives. */
export interface EncoderFit extends FittedEncoder {
  /** What went wrong short of an error, in words: units that are dead, a chain that runs away. */
  readonly warnings: readonly string[];
}

/** What a fit may be given besides rows and options. */
export interface FitContext {
  /** Names the random numbers; default seed 0. */
  readonly random?: RandomKey;
  /** Multiplies matrices; default loops on the host. */
  readonly multiply?: Multiply;
  /** Is told how much of the work is done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** A family of encoders as data: a new one is a file with such a record, its test and a line in the index. */
export interface Encoder {
  readonly name: string;
  readonly description: string;
  /** Paper and year. */
  readonly source: string;
  readonly defaults: EstimatorOptions;
  /**
   * Fits an encoder.
   *
   * @param rows [samples, columns], finite, two at least
   * @param options over the defaults
   * @throws InputError naming what cannot be used.
   */
  fit(rows: Matrix, options?: EstimatorOptions, context?: FitContext): Promise<EncoderFit>;
  /** The encoder that was saved. */
  open(saved: SavedEncoder, multiply?: Multiply): FittedEncoder;
}

/** Refuses rows that nothing can be learned from. */
export function checkRows(name: string, rows: Matrix): void {
  if (rows.rows < 2 || rows.columns < 1) {
    throw new InputError(
      `${name}: ${rows.rows} rows of ${rows.columns} columns; expected two rows and one column at least`,
    );
  }
  checkFinite(rows);
}

/** Refuses an option outside of a range. */
export function checkBetween(
  name: string,
  option: string,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (value >= least && value <= most) return;
  throw new InputError(
    `${name}: option ${option} is ${value}; expected a number from ${least} to ${most}`,
  );
}

/** A warning of units that say the same of every row; none where there are none. */
export function deadUnits(codes: Matrix): string[] {
  const { data, rows, columns } = codes;
  let dead = 0;
  for (let unit = 0; unit < columns; unit++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < rows; row++) {
      const value = data[row * columns + unit];
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (most - least < 1e-3) dead++;
  }
  return dead === 0 ? [] : [`${dead} of ${columns} units say the same of every row`];
}
