// What a quantiser is: numbers to the few that so many bits can tell apart, as f32, with a gradient that goes straight
// through the rounding (fake quantisation; Bengio et al. 2013, arXiv 1308.3432; Jacob et al. 2017, arXiv 1712.05877).

import type { ParamKind, Value } from "../../graph/index.js";

/** Which numbers are to be told apart. */
export interface Width {
  readonly bits: number;
  /** Whether numbers may be below 0; those behind a ReLU are not. */
  readonly signed: boolean;
}

/** Where a quantiser stands, and what it can ask for. */
export interface Site extends Width {
  /** Axis of a layer's outputs among its weights; none of images. */
  readonly axis?: number;
  /** The quantiser's own parameters, by name. */
  readonly params: Readonly<Record<string, Value>>;
  /**
   * What was measured: of weights and of a batch in training as it is now, of images in evaluation the running mean of
   * what it was in training. Nothing flows back through it.
   */
  observe(name: string, measure: () => Value): Value;
  /** A number for each node that draws random numbers; only in training. */
  readonly stream?: () => number;
}

/** A number that a quantiser has of its own. */
export interface OwnNumber {
  readonly kind: ParamKind;
  /** What it starts as, by the mean |v| of the numbers that are to be quantised. */
  first(meanAbs: number, width: Width): number;
}

/** A way to quantise. A new one is its file and a line in the index. */
export interface Quantiser {
  readonly name: string;
  readonly source: string;
  /** The fewest and the most bits that it is made for. */
  readonly bits: readonly [least: number, most: number];
  /** What it learns. */
  readonly params?: Readonly<Record<string, OwnNumber>>;
  /** What it must know of images, by the names that it observes under. */
  readonly statistics?: Readonly<Record<string, OwnNumber>>;
  quantise(x: Value, site: Site): Value;
}
