// All that a training method may ask of a net: the loss and gradient at a point.

import type { Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";

/** Where in a run an evaluation stands: with the seed it fixes dropout's random numbers. */
export interface Moment {
  readonly epoch: number;
  readonly step: number;
}

/** What an evaluation of a batch gives besides the gradient. */
export interface Evaluated {
  /** Mean over the batch. */
  readonly loss: number;
  /** Sums over the batch that metrics are made of, by name. */
  readonly tallies: Readonly<Record<string, number>>;
}

/** What a step of an update rule binds beside weights and gradient, by the names in its graph. */
export interface RuleBindings {
  readonly vectors: Readonly<Record<string, Vector>>;
  readonly scalars: Readonly<Record<string, number>>;
}

/** A function of the weights that training makes small; what a batch `B` is, nobody here knows. */
export interface Objective<B = unknown> {
  readonly layout: ParamLayout;
  /**
   * Its gradient is that of others too: it is there only when {@link evaluate} has resolved, and what
   * needs it must not join the engine's queue before.
   */
  readonly collective?: boolean;
  /**
   * Loss at `w` on a batch; stores the gradient in `out.grad` (trainable length), and new batch
   * statistics behind the trainable part of `w`: whoever evaluates elsewhere than at the net, in a
   * vector of its own, leaves the net's statistics alone. Joins the engine's queue when it is called.
   */
  evaluate(w: Vector, batch: B, out: { readonly grad: Vector }, moment: Moment): Promise<Evaluated>;
  /**
   * A step of the update rule that was compiled into the net's own pass, where one was: each part of the gradient
   * moves its weights as soon as it is there, and is kept nowhere. `evaluate` rejects then. Joins the engine's queue
   * when it is called.
   */
  descend?(w: Vector, batch: B, rule: RuleBindings, moment: Moment): Promise<Evaluated>;
}
