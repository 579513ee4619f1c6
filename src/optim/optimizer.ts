// What an optimizer is. A first-order one is an update rule over vectors and scalars, compiled by the
// engine into one fused pass; any other is a method with steps of its own.

import type { Engine, Vector } from "../engine/engine.js";
import type { ParamLayout, Value } from "../graph/index.js";
import type { RandomKey } from "../tensor/philox.js";
import type { Norms } from "./norms.js";
import type { Evaluated, Moment, Objective } from "./objective.js";
import type { Slice } from "./slice.js";

/**
 * Numbers of one step by name. Everybody's: `lr`, `decay`, `step` (1 at a run's first step),
 * `stepsPerEpoch`, `totalSteps` of the run, and `factor`, what the schedule has left of the learning rate's
 * peak at the start of the epoch; the others are the optimizer's own.
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
  /** 1 for scales of normalisations and the like (kind `scale`), 0 elsewhere. */
  scaleMask(): Value;
  /** Euclidean norms of the net's layers and units; see {@link Norms}. */
  readonly norm: Norms;
  /** A vector of standard normal numbers, fresh in every step and for every call. */
  noise(): Value;
}

/** New values of the weights and of each state vector. */
export interface RuleOutput {
  readonly w: Value;
  readonly state: Readonly<Record<string, Value>>;
}

/** What is known of every optimizer. */
interface Described {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** Its own numbers with their defaults, as `momentum: 0.9`; `lr` and `decay` are everybody's. */
  readonly defaults: Hyper;
  /** Learning rate that one begins with; default that of the settings, which is for gradients as they are. */
  readonly rate?: number;
}

/** A first-order optimizer as data: one gradient a step, and a rule that uses it. */
export interface FirstOrder extends Described {
  /** Names of its state vectors. */
  readonly state: readonly string[];
  /** Numbers that follow from those of a step: phases of a longer procedure, schedules of its own. */
  readonly derived?: Readonly<Record<string, (hyper: Hyper) => number>>;
  readonly rule: (input: RuleInput) => RuleOutput;
  /** Where the gradient comes from, if not from the weights alone; default one evaluation there. */
  readonly probe?: (net: NetContext) => Promise<Probe>;
  /** Gradients that the probe takes for a step; default 1. */
  readonly gradients?: number;
  /** Its state knows places of the path, so that no part of a net can move at a rate of its own; default false. */
  readonly placed?: boolean;
  /** State vector that, added to the weights, gives the point that stands for the net; default the weights. */
  readonly deploys?: string;
}

/** Where a gradient is asked for. */
export interface ProbeInput extends StepInput {
  readonly objective: Objective;
  readonly w: Vector;
  /** Receives the gradient [layout.trainable]. */
  readonly grad: Vector;
}

/** Puts the evaluations that lead to a step's gradient into the engine's queue when it is called. */
export type Probe = (at: ProbeInput) => Promise<Evaluated>;

/** An optimizer whose steps are its own: it evaluates as often as it likes, and keeps what it needs. */
export interface Procedure extends Described {
  /**
   * It finds the lengths of its steps and what each may cost: there is no learning rate to give, and
   * nobody else may move its net, as a swarm would. Default false.
   */
  readonly selfPaced?: boolean;
  open(net: NetContext): Promise<Descents>;
}

/** A new optimizer is a file with one such record, its test and one line in the index. */
export type Optimizer = FirstOrder | Procedure;

/** State of one net's optimizer, written to checkpoints by name. */
export interface OptimState {
  /** Of any length. */
  readonly vectors: Readonly<Record<string, Vector>>;
  /** Counters, radii and the like; written by the optimizer between two steps' results. */
  readonly numbers: Record<string, number>;
}

/** The part of a net that an optimizer keeps state for and updates, while others do the rest. */
export interface OwnSlice extends Slice {
  /** Called behind each update; resolves when `w` holds what the others have made of their parts. */
  complete(w: Vector): Promise<void>;
}

/** What is known of a net that can be built at other depths. */
export interface Depth {
  /** Blocks of every stage. */
  readonly blocks: number;
  /** The stages that are made of blocks; block k of `stage` has the parameters `stage.k.…`. */
  readonly stages: readonly string[];
}

/** What an optimizer is opened for: the nets of one layout on one engine. */
export interface NetContext {
  readonly engine: Engine;
  readonly layout: ParamLayout;
  /** Name of the model, for messages. */
  readonly model: string;
  /** Outputs of the net. */
  readonly outputs: number;
  /** Present when there are coarser and finer nets of its kind. */
  readonly depth?: Depth;
  /** Images in a step's batch. */
  readonly batch: number;
  /** What a rule updates of a net; default all of it. */
  readonly part?: OwnSlice;
  /** Whether the nets' objectives hold the optimizer's rule in their own pass; default false. */
  readonly fused?: boolean;
  /** The optimizer's own numbers, for what must be known before the first step. */
  readonly hyper: Hyper;
  /** The loss of the net of another depth on the same batches; compiled at every call. */
  objectiveAt(blocks: number): Promise<Objective>;
}

/** One step: the batch, and the numbers and random key that belong to it. */
export interface StepInput {
  readonly batch: unknown;
  readonly moment: Moment;
  readonly hyper: Hyper;
  readonly key: RandomKey;
}

/** What a step gives: the loss and tallies of the point where it began, on its batch. */
export interface StepReport extends Evaluated {
  /** What it cost, in gradients of the net on one batch. */
  readonly gradients: number;
  /** What else the optimizer tells of the step, by name: radii, levels, sizes of samples. */
  readonly details?: Readonly<Record<string, number>>;
}

/** Makes a batch of the run again, as it was or will be; good until the second call after. */
export type BatchAt = (moment: Moment) => Promise<unknown>;

/** An optimizer at work on one net. */
export interface Descent {
  readonly state: OptimState;
  /**
   * Whether a step puts all its work into the engine's queue when it is called, so that the next one
   * may be started before its results are here. The steps of another descent never overlap.
   */
  readonly queued: boolean;
  step(input: StepInput): Promise<StepReport>;
  /** Stores the trainable part of the point that stands for the net; absent where that is the net. */
  deploy?(target: Vector): Promise<void>;
}

/** An optimizer compiled for the nets of one layout, which share it. */
export interface Descents {
  /** Starts on a net with weights `w` [layout.length]; the state is that of a run's start. */
  begin(objective: Objective, w: Vector, batchAt: BatchAt): Descent;
}
