// Selection measured fairly, by nested folds (Cawley and Talbot 2010, "On over-fitting in model selection and subsequent
// selection bias in performance evaluation", JMLR 11): the outer folds are stratified, a selector sees the training part of
// one only, and the accuracy on the rest is the outer one. That on the samples that chose the subset is the inner one, and
// how much it promises too much is the leak.

import {
  accuracy,
  type Classifier,
  constantColumns,
  type EstimatorOptions,
  knn,
  type Matrix,
  standardise,
  takeColumns,
  takeRows,
} from "../estimators/index.js";
import { InputError } from "../inputError.js";
import { Random, type RandomKey } from "../tensor/philox.js";
import { type CurvePoint, Fitness } from "./fitness.js";
import { partAt, stratifiedFolds } from "./folds.js";
import {
  columnsOf,
  type Labelled,
  type Selector,
  type SelectorOptions,
  selectorOptions,
} from "./selector.js";

/** How a selection is measured. */
export interface SelectionOptions {
  readonly seed: number;
  /** Outer folds; default 5. */
  readonly folds?: number;
  /** Subsets at a time; default 30. */
  readonly particles?: number;
  /** Evaluations for each of them; default 20. Searches have particles * iterations evaluations. */
  readonly iterations?: number;
  /** What accuracy counts against the share of features left out; default 0.98. */
  readonly alpha?: number;
  /** Neighbours of the fitness's k-NN; default 5. */
  readonly k?: number;
  /** The classifier that inner and outer accuracy are of; default k-NN. */
  readonly classifier?: Classifier;
  readonly classifierOptions?: EstimatorOptions;
  /** Options of the selector. */
  readonly options?: SelectorOptions;
}

/** A column that was left out before the selection. */
export interface Dropped {
  /** From 0. */
  readonly column: number;
  /** Constant in the training part, or not a finite number somewhere. */
  readonly why: "constant" | "not finite";
}

/** What came of a selection in one outer fold. */
export interface FoldResult {
  readonly fold: number;
  /** Accuracy on the samples that chose the subset. */
  readonly inner: number;
  /** Accuracy on the samples of the fold, which nothing saw before. */
  readonly outer: number;
  /** Columns that are kept, rising, from 0. */
  readonly columns: readonly number[];
  readonly dropped: readonly Dropped[];
  readonly fitness: number;
  /** Subsets that were asked for, and how many different ones they were. */
  readonly evaluations: number;
  readonly distinct: number;
  /** The best fitness each time that it rose. */
  readonly curve: readonly CurvePoint[];
}

/** Of the training part one of so many parts is held out to choose by. */
const INNER_FOLDS = 4;

/** Settings of {@link SelectionOptions} with their defaults. */
const complete = (options: SelectionOptions) => ({
  ...{ folds: 5, particles: 30, iterations: 20, alpha: 0.98, k: 5, classifier: knn },
  ...options,
});

type Complete = ReturnType<typeof complete>;

const whole = (name: string, value: number) => {
  if (Number.isInteger(value) && value >= 1) return;
  throw new InputError(`selection: ${name} is ${value}; expected a whole number from 1 on`);
};

function check(settings: Complete, fold: number, table: Labelled): void {
  const { alpha, particles, iterations, k, folds } = settings;
  if (!(Number.isInteger(fold) && fold >= 0 && fold < folds)) {
    throw new InputError(`selection: fold ${fold} of ${folds}; expected one from 0 on`);
  }
  whole("particles", particles);
  whole("iterations", iterations);
  whole("k", k);
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new InputError(`selection: alpha is ${alpha}; expected a number from 0 to 1`);
  }
  const { features, classes } = table;
  if (features.rows !== classes.length) {
    throw new InputError(
      `selection: ${classes.length} classes for ${features.rows} rows; expected one a row`,
    );
  }
}

/** Columns that can be of use, and those that cannot. */
function usable(all: Matrix, train: Matrix) {
  const dropped = new Map<number, Dropped["why"]>();
  for (const column of constantColumns(train)) dropped.set(column, "constant");
  for (let at = 0; at < all.data.length; at++) {
    if (!Number.isFinite(all.data[at])) dropped.set(at % all.columns, "not finite");
  }
  const columns = Array.from({ length: all.columns }, (_, at) => at);
  return {
    kept: columns.filter((column) => !dropped.has(column)),
    dropped: columns.flatMap((column) => {
      const why = dropped.get(column);
      return why ? [{ column, why }] : [];
    }),
  };
}

/** Two parts of a table, standardised by the first. */
function parts({ features, classes }: Labelled, train: Int32Array, held: Int32Array) {
  const rows = takeRows(features, train);
  const scale = standardise(rows);
  const part = (of: Matrix, at: Int32Array): Labelled => ({
    features: scale.transform(of),
    classes: Int32Array.from(at, (row) => classes[row]),
  });
  return { train: part(rows, train), held: part(takeRows(features, held), held) };
}

/** Accuracy of a classifier on the second part, by some columns. */
function accuracyBy(
  { train, held }: ReturnType<typeof parts>,
  columns: readonly number[],
  { classifier, classifierOptions }: Complete,
  random: RandomKey,
): number {
  if (columns.length === 0) return 0;
  const learned = takeColumns(train.features, columns);
  const fitted = classifier.fit(learned, train.classes, classifierOptions, random);
  return accuracy(fitted.predict(takeColumns(held.features, columns)), held.classes);
}

/** The outer fold of each sample: the same for every selector. */
const foldsOf = ({ classes }: Labelled, { folds, seed }: Complete) =>
  stratifiedFolds(classes, folds, new Random({ seed, purpose: "split" }));

/**
 * Selects features in the training part of one outer fold, and measures the subset on the fold. Folds, inner parts and the
 * first subsets depend on the seed and the fold alone, so that selectors can be compared in pairs.
 *
 * @param table features [samples, columns]; columns that are not finite, or constant in training, are dropped first
 * @param fold from 0
 * @throws InputError when no column is left, or for a single class, fewer samples than neighbours, wrong settings.
 * @example
 * const features = matrixOf(Array.from({ length: 60 }, (_, at) => [at % 2, (at * 7) % 11, (at * 5) % 13]));
 * const classes = Int32Array.from({ length: 60 }, (_, at) => at % 2);
 * const found = selectInFold({ features, classes }, getSelector("mi"), 0, { seed: 1 });
 * found.columns; // [0]
 * found.outer; // 1
 */
export function selectInFold(
  table: Labelled,
  selector: Selector,
  fold: number,
  options: SelectionOptions,
): FoldResult {
  const settings = complete(options);
  check(settings, fold, table);
  const { seed, particles, iterations, alpha, k } = settings;
  const { train, held } = partAt(foldsOf(table, settings), fold);
  const { kept, dropped } = usable(table.features, takeRows(table.features, train));
  if (kept.length === 0) {
    throw new InputError(
      "selection: every column is constant or holds numbers that are not finite",
    );
  }
  const clean = { ...table, features: takeColumns(table.features, kept) };
  const outer = parts(clean, train, held);
  const key = { seed, epoch: fold + 1 } as const;
  const random = new Random({ ...key, purpose: "split" });
  const split = partAt(stratifiedFolds(outer.train.classes, INNER_FOLDS, random), 0);
  const rowsOf = (at: Int32Array) => at.map((row) => train[row]);
  const inner = parts(clean, rowsOf(split.train), rowsOf(split.held));
  const fitness = new Fitness(inner.train, inner.held, { limit: particles * iterations, alpha, k });
  const task = { train: inner.train, fitness, population: particles };
  selector.search(task, selectorOptions(selector, settings.options), { ...key, purpose: "search" });
  const best = fitness.best!;
  const columns = columnsOf(best.mask);
  const forClassifier = { ...key, purpose: "search", particle: 1 } as const;
  return {
    fold,
    inner: accuracyBy(inner, columns, settings, forClassifier),
    outer: accuracyBy(outer, columns, settings, forClassifier),
    columns: columns.map((column) => kept[column]),
    dropped,
    fitness: best.fitness,
    evaluations: fitness.asked,
    distinct: fitness.distinct,
    curve: fitness.curve,
  };
}

/** {@link selectInFold} in every outer fold, one after another. */
export function* selectInFolds(
  table: Labelled,
  selector: Selector,
  options: SelectionOptions,
): Generator<FoldResult> {
  const { folds } = complete(options);
  for (let fold = 0; fold < folds; fold++) yield selectInFold(table, selector, fold, options);
}
