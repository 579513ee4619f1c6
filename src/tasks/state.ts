// What a task keeps while a net learns, beside the net: memory banks, clusterings.

import type { TargetInput } from "../data/index.js";
import type { Buffer, Engine } from "../engine/engine.js";
import type { Moment } from "../optim/index.js";

/** What a state is sized by. */
export interface StateSize {
  /** Images that are learned from. */
  readonly images: number;
  /** Places of a batch. */
  readonly batch: number;
}

/** Whose state it is. */
export interface StateOwner {
  readonly engine: Engine;
  readonly seed: number;
  /** Number of the particle; default 0. */
  readonly particle?: number;
}

/** A state as a training program sees it. */
export interface TaskState {
  /** Inputs of the program beside the targets, by name, as wholes: nothing is added to their shapes for the batch. */
  readonly inputs: Readonly<Record<string, TargetInput>>;
  /** A state at the start of training. */
  open(owner: StateOwner): OpenState;
}

/** The state of one net in training. */
export interface OpenState {
  /** All that it is made of, by name: saved with the run, and written when it is resumed. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
  /** What the inputs hold. */
  readonly bound: Readonly<Record<string, Buffer>>;
  /** Is told the targets of a batch before its step. */
  begin(targets: Readonly<Record<string, Buffer>>, moment: Moment): void | Promise<void>;
  /** Is told what the net gave for them, f32 [batch, outputs]. */
  end(output: Float32Array, targets: Readonly<Record<string, Buffer>>): void;
}
