// The contract of a feature selector: it proposes subsets and is told their fitness, until its evaluations are used up.

import type { Matrix } from "../estimators/index.js";
import { InputError } from "../inputError.js";
import type { Random, RandomKey } from "../tensor/philox.js";
import type { Fitness } from "./fitness.js";

/** Features of samples, with the class of each. */
export interface Labelled {
  readonly features: Matrix;
  readonly classes: Int32Array;
}

/** A subset of columns: 1 for each that is kept. */
export type Mask = Uint8Array;

/** Numbers and words that a user may set, by name. */
export type SelectorOptions = Readonly<Record<string, number | string>>;

/** What a selector may ask and see. The test samples are no part of it. */
export interface SelectorTask {
  /** Standardised samples that the fitness learns from. */
  readonly train: Labelled;
  /** Tells what a subset is worth, and counts. */
  readonly fitness: Fitness;
  /** Subsets at a time, where a selector has a population. */
  readonly population: number;
}

/** A way to search for a subset of features. The best subset that it asked for is its answer. */
export interface Selector {
  readonly name: string;
  readonly description: string;
  /** Paper and year. */
  readonly source: string;
  readonly defaults: SelectorOptions;
  /** Words that an option may be, where it is no number. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** A pure function of all that it is given, but for what the fitness remembers. */
  search(task: SelectorTask, options: SelectorOptions, random: RandomKey): void;
}

/**
 * A selector's options over its defaults.
 *
 * @throws InputError for an option that there is not, or a value that it cannot have.
 */
export function selectorOptions(
  { name, defaults, choices = {} }: Selector,
  options: SelectorOptions = {},
): SelectorOptions {
  for (const [option, value] of Object.entries(options)) {
    const known = Object.keys(defaults).join(", ") || "none";
    if (!Object.hasOwn(defaults, option)) {
      throw new InputError(`${name}: unknown option "${option}"; known: ${known}`);
    }
    const words = choices[option];
    if (words ? words.includes(String(value)) : Number.isFinite(value) && Number(value) >= 0) {
      continue;
    }
    throw new InputError(
      `${name}: option ${option} is ${value}; expected ${words ? words.join(" or ") : "a number from 0 on"}`,
    );
  }
  return { ...defaults, ...options };
}

/** The columns of a mask, rising. */
export function columnsOf(mask: Mask): number[] {
  const columns: number[] = [];
  for (let column = 0; column < mask.length; column++) if (mask[column] === 1) columns.push(column);
  return columns;
}

/** The mask of some columns. */
export function maskOf(columns: Iterable<number>, length: number): Mask {
  const mask = new Uint8Array(length);
  for (const column of columns) mask[column] = 1;
  return mask;
}

/** A random subset of 30 to 50 % of the columns, and of one at least: how populations begin. */
export function randomMask(length: number, random: Random): Mask {
  const least = Math.max(1, Math.floor(0.3 * length));
  const most = Math.max(least, Math.floor(0.5 * length));
  const count = least + random.integer(most - least + 1);
  return maskOf(random.permutation(length).subarray(0, count), length);
}
