// What every first-order optimizer is: an update rule over vectors and scalars, compiled by the
// engine into one fused pass. State = vectors of the layout's trainable length.

import type { Vector } from "../engine/engine.js";
import type { Value } from "../graph/index.js";

/**
 * Numbers of one step by name. Everybody's: `lr`, `decay`, `step` (1 at a run's first step) and
 * `stepsPerEpoch`; the others are the optimizer's own.
 */
export type Hyper = Readonly<Record<string, number>>;

/** The values that an update rule may use; all vectors have the same length. */
export interface RuleInput {
  readonly w: Value;
  readonly grad: Value;
  /** State vectors by name, all zeros at the start. */
  readonly state: Readonly<Record<string, Value>>;
  /** Run-time numbers by name: those of {@link Hyper}, the rule's own and the derived ones. */
  readonly hyper: Readonly<Record<string, Value>>;
  /** 1 where weight decay applies (kind `weight`), 0 elsewhere. */
  readonly decayMask: Value;
  /** A vector of standard normal numbers, fresh in every step and for every call. */
  noise(): Value;
}

/** New values of the weights and of each state vector. */
export interface RuleOutput {
  readonly w: Value;
  readonly state: Readonly<Record<string, Value>>;
}

/** An optimizer as data: a new one is a file with such a record, its test and one line in the index. */
export interface Optimizer {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** Names of its state vectors. */
  readonly state: readonly string[];
  /** Its own numbers with their defaults, as `momentum: 0.9`; `lr` and `decay` are everybody's. */
  readonly defaults: Hyper;
  /** Numbers that follow from those of a step: phases of a longer procedure, schedules of its own. */
  readonly derived?: Readonly<Record<string, (hyper: Hyper) => number>>;
  readonly rule: (input: RuleInput) => RuleOutput;
}

/** State of one optimizer run: written to checkpoints by name. */
export type OptimState = Readonly<Record<string, Vector>>;
