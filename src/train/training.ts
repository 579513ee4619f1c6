// What a run needs of whatever it trains: one net, or a swarm of them.

import type { Engine } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import type { LayerCompression } from "./activationBounds.js";
import type { State } from "./checkpoint.js";
import type { Evaluation } from "./evaluator.js";
import type { Listener, SwarmSize } from "./events.js";
import type { TrainingMemory } from "./memory.js";
import type { Prepared } from "./prepare.js";
import type { EpochRecord, Progress } from "./progress.js";

/** Something in training. The net that it gives is the one that is evaluated and saved. */
export interface Training {
  /** What computes; of a swarm, all its engines together. */
  readonly engine: Pick<Engine, "name" | "threads">;
  /** Of the net that it gives. */
  readonly layout: ParamLayout;
  /** Of a net at its start, where that is another one. */
  readonly startLayout?: ParamLayout;
  /** Lengths of the vectors that a saved state holds besides the weights, by name. */
  readonly vectorLengths: Readonly<Record<string, number>>;
  /** Of all programs that train. */
  readonly memory: TrainingMemory;
  /** How the activations of the last step were compressed; absent where they are not. */
  readonly compression?: (() => Promise<readonly LayerCompression[]>) | undefined;
  /** Of a swarm. */
  readonly size?: SwarmSize;
  /** What whoever begins it should know, in words. */
  readonly warnings?: readonly string[];
  /** Bytes that the nets of a swarm have sent to each other; absent for one net. */
  readonly bytesSent?: number;
  /** What a gradient of a net costs, with its teacher, in gradients of the net alone. */
  readonly gradientCost: number;
  readonly stepsPerEpoch: number;
  /** Images in a step. */
  readonly batchSize: number;
  /** How far training has come, at a step that has just been started if one is given. */
  progress(step?: number): Progress;
  /** The state to save; to be asked for between two steps. */
  save(): Promise<State>;
  /** Goes back to a saved state. */
  restore(state: State): Promise<void>;
  /** Trains on what is left of the epoch, as long as `proceed` agrees. */
  trainSteps(proceed: (progress: Progress) => boolean, emit: Listener): Promise<void>;
  /** Evaluates the net on the selection set and closes the epoch. Returns whether it is the best. */
  endEpoch(emit: Listener): Promise<{ record: EpochRecord; best: boolean }>;
  /** Evaluates the best weights on the test set, or on the selection set where there is none. */
  evaluateBest(): Promise<Evaluation>;
  /** Evaluates each net of a swarm as it is now, on the same images. */
  evaluateEach?(): Promise<Evaluation[]>;
  /** Frees its engines. */
  close(): Promise<void>;
}

/** Makes what a run trains, at its start. */
export type OpenTraining = (prepared: Prepared) => Promise<Training>;
