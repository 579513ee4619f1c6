// What a subset of features is worth: alpha * accuracy + (1 - alpha) * share of features left out. The accuracy is that of
// k nearest neighbours, which learn from one part of the training samples and are asked about the other.

import { accuracy, knn, takeColumns } from "../estimators/index.js";
import { columnsOf, type Labelled, type Mask } from "./selector.js";

/** Settings of a {@link Fitness}. */
export interface FitnessOptions {
  /** Subsets that may be asked for. */
  readonly limit: number;
  /** What accuracy counts against the share of features left out; default 0.98. */
  readonly alpha?: number;
  /** Neighbours; default 5. */
  readonly k?: number;
}

/** A subset, and what it is worth. */
export interface Rated {
  readonly mask: Mask;
  readonly fitness: number;
  /** Of k-NN on the validation samples. */
  readonly accuracy: number;
}

/** The best fitness so far, each time that it rose. */
export interface CurvePoint {
  /** Subsets that had been asked for, this one among them. */
  readonly evaluation: number;
  readonly fitness: number;
}

/**
 * A fitness that counts how often it is asked and remembers the best answer. Every question counts, also one that was
 * asked before and costs no time: so all searches may ask equally often. Beyond the limit it answers -Infinity.
 */
export class Fitness {
  readonly columns: number;
  readonly curve: CurvePoint[] = [];
  private readonly known = new Map<string, Rated>();
  private readonly alpha: number;
  private readonly k: number;
  private readonly limit: number;
  private count = 0;
  private found?: Rated;

  constructor(
    private readonly train: Labelled,
    private readonly validation: Labelled,
    { limit, alpha = 0.98, k = 5 }: FitnessOptions,
  ) {
    this.columns = train.features.columns;
    this.limit = limit;
    this.alpha = alpha;
    this.k = k;
  }

  /** The fitness of a subset; no accuracy at all for the empty one. */
  of(mask: Mask): number {
    if (this.left === 0) return Number.NEGATIVE_INFINITY;
    this.count++;
    const key = String.fromCharCode(...packed(mask));
    const rated = this.known.get(key) ?? this.rate(mask.slice());
    this.known.set(key, rated);
    if (!this.found || rated.fitness > this.found.fitness) {
      this.found = rated;
      this.curve.push({ evaluation: this.count, fitness: rated.fitness });
    }
    return rated.fitness;
  }

  /** How often it has been asked. */
  get asked(): number {
    return this.count;
  }

  /** How often it may still be asked. */
  get left(): number {
    return this.limit - this.count;
  }

  /** Different subsets that it was asked for. */
  get distinct(): number {
    return this.known.size;
  }

  /** The best subset, the first of equals; `undefined` when none was asked for. */
  get best(): Rated | undefined {
    return this.found;
  }

  private rate(mask: Mask): Rated {
    const columns = columnsOf(mask);
    const right = columns.length === 0 ? 0 : this.accuracyOf(columns);
    const leftOut = (mask.length - columns.length) / mask.length;
    return { mask, accuracy: right, fitness: this.alpha * right + (1 - this.alpha) * leftOut };
  }

  private accuracyOf(columns: readonly number[]): number {
    const { features, classes } = this.train;
    const fitted = knn.fit(takeColumns(features, columns), classes, { k: this.k });
    const predicted = fitted.predict(takeColumns(this.validation.features, columns));
    return accuracy(predicted, this.validation.classes);
  }
}

/** Sixteen bits of a mask in each number. */
function packed(mask: Mask): number[] {
  const words = Array<number>(Math.ceil(mask.length / 16)).fill(0);
  for (let at = 0; at < mask.length; at++) words[at >> 4] |= mask[at] << (at & 15);
  return words;
}
