// The contract of classical estimators: what is fitted to a table of features and a class of each row. Pure functions:
// the same features, classes, options and random numbers give the same answers, and nothing that is given is changed.

import { InputError } from "../inputError.js";
import type { RandomKey } from "../tensor/philox.js";
import { checkFinite, type Matrix } from "./matrix.js";

/** Numbers that a user may set, by name. */
export type EstimatorOptions = Readonly<Record<string, number>>;

/** A classifier that has been fitted. */
export interface FittedClassifier {
  /** The classes that were there to be learned, rising. */
  readonly classes: Int32Array;
  /**
   * The class of each row; the smallest of those whose scores are equal and highest.
   *
   * @throws InputError for other columns than were fitted, or numbers that are not finite.
   */
  predict(features: Matrix): Int32Array;
  /** Scores [rows, classes], higher for what is likelier; throws as {@link FittedClassifier.predict} does. */
  scores(features: Matrix): Matrix;
}

/** A linear classifier that has been fitted tells its weights. */
export interface LinearClassifier extends FittedClassifier {
  /** [1, columns] for two classes, of the second one; else [classes, columns]. */
  readonly weights: Matrix;
  /** One a row of weights. */
  readonly intercepts: Float64Array;
}

/** A way to learn classes from features. */
export interface Classifier<Fitted extends FittedClassifier = FittedClassifier> {
  readonly name: string;
  readonly description: string;
  /** Paper and year. */
  readonly source: string;
  readonly defaults: EstimatorOptions;
  /**
   * Fits the classifier.
   *
   * @param features [samples, columns], finite
   * @param classes a whole number from 0 for each sample; two different ones at least
   * @param options over the defaults
   * @param random names the random numbers, where some are needed; default seed 0
   * @throws InputError naming what cannot be used: a single class, row and column of a number that is not finite,
   *   an option that there is not.
   */
  fit(
    features: Matrix,
    classes: Int32Array,
    options?: EstimatorOptions,
    random?: RandomKey,
  ): Fitted;
}

/** Random numbers of a fit where none are named. */
export const DEFAULT_RANDOM: RandomKey = { seed: 0, purpose: "search" };

/**
 * Options over their defaults.
 *
 * @throws InputError for one that there is not, or that is not a finite number.
 */
export function withDefaults<O extends EstimatorOptions>(
  name: string,
  defaults: O,
  options: EstimatorOptions = {},
): O {
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, option)) {
      const known = Object.keys(defaults).join(", ") || "none";
      throw new InputError(`${name}: unknown option "${option}"; known: ${known}`);
    }
    if (!Number.isFinite(value)) {
      throw new InputError(`${name}: option ${option} is ${value}; expected a finite number`);
    }
  }
  return { ...defaults, ...options };
}

/** Refuses an option that is no whole number from `least` on. */
export function checkWhole(name: string, option: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new InputError(
    `${name}: option ${option} is ${value}; expected a whole number from ${least} on`,
  );
}

/** Refuses an option that is not above 0. */
export function checkPositive(name: string, option: string, value: number): void {
  if (value > 0) return;
  throw new InputError(`${name}: option ${option} is ${value}; expected a number above 0`);
}

/** What there is to learn: the classes that occur, and the place of each sample's class among them. */
export interface Known {
  /** Rising. */
  readonly classes: Int32Array;
  readonly of: Int32Array;
}

/** The classes that occur, rising, and the place of each sample's among them. */
export function knownClasses(classes: Int32Array): Known {
  const occurring = Int32Array.from(new Set(classes)).sort();
  const places = new Map([...occurring].map((one, at) => [one, at]));
  return { classes: occurring, of: classes.map((one) => places.get(one)!) };
}

/**
 * Checks what a classifier is fitted to.
 *
 * @throws InputError when there are other than as many classes as rows, no columns, negative classes, a single class or
 *   features that are not finite.
 */
export function checkTraining(name: string, features: Matrix, classes: Int32Array): Known {
  const { rows, columns } = features;
  if (classes.length !== rows) {
    throw new InputError(`${name}: ${classes.length} classes for ${rows} rows; expected one a row`);
  }
  if (columns === 0) throw new InputError(`${name}: no columns; expected one feature at least`);
  const negative = classes.findIndex((one) => one < 0);
  if (negative >= 0) {
    throw new InputError(
      `${name}: row ${negative} has class ${classes[negative]}; expected a whole number from 0 on`,
    );
  }
  checkFinite(features);
  const known = knownClasses(classes);
  if (known.classes.length >= 2) return known;
  const found = rows === 0 ? "no samples" : `all ${rows} rows have class ${classes[0]}`;
  throw new InputError(`${name}: ${found}; expected two classes at least`);
}

/** Refuses features that a fitted estimator cannot be asked about. */
export function checkAsked(name: string, features: Matrix, columns: number): void {
  if (features.columns !== columns) {
    throw new InputError(
      `${name}: ${features.columns} columns; expected ${columns}, as it was fitted to`,
    );
  }
  checkFinite(features);
}

/** A fitted classifier from its scores. */
export function byScores(
  classes: Int32Array,
  scores: (features: Matrix) => Matrix,
): FittedClassifier {
  return {
    classes,
    scores,
    predict(features) {
      const { data, rows, columns } = scores(features);
      return Int32Array.from({ length: rows }, (_, row) => {
        let best = 0;
        for (let at = 1; at < columns; at++) {
          if (data[row * columns + at] > data[row * columns + best]) best = at;
        }
        return classes[best];
      });
    },
  };
}

/**
 * Share of the samples whose class was predicted.
 *
 * @example
 * accuracy(Int32Array.of(0, 1, 1), Int32Array.of(0, 1, 0)); // 2 / 3
 */
export function accuracy(predicted: Int32Array, classes: Int32Array): number {
  let right = 0;
  for (let at = 0; at < classes.length; at++) if (predicted[at] === classes[at]) right++;
  return right / classes.length;
}
