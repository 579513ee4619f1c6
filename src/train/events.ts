// What a run tells while it goes on. Progress lines, result files, charts and tests are listeners.

import type { MetricInfo, MetricValues, Score } from "../tasks/index.js";
import type { LayerCompression } from "./activationBounds.js";
import type { TrainConfig } from "./config.js";
import type { Evaluation } from "./evaluator.js";
import type { TrainingMemory } from "./memory.js";
import type { EpochRecord } from "./progress.js";

/** All epochs done; no better epoch for `patience` epochs; `steps`, `gradients` or `minutes` used up; interrupted. */
export type StopReason = "finished" | "patience" | "steps" | "gradients" | "minutes" | "aborted";

/** Before the first step. Epochs and steps count from 1 in all events. */
export interface RunStart {
  readonly type: "runStart";
  /** The run folder. */
  readonly run: string;
  readonly task: string;
  /** What the task measures, the deciding metric first. */
  readonly metrics: readonly MetricInfo[];
  readonly score: Score;
  readonly model: string;
  /** Trainable numbers of the net. */
  readonly parameters: number;
  readonly engine: string;
  readonly threads: number;
  /** What convolutions and matrix products multiply in training. */
  readonly precision: TrainConfig["precision"];
  readonly seed: number;
  readonly optimizer: string;
  /** Its learning rate, as the settings tell it; absent where it finds the lengths of its steps itself. */
  readonly lr?: TrainConfig["lr"];
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly batch: number;
  /** Images in each part of the data; `test` is 0 when there is none. */
  readonly images: { readonly train: number; readonly selection: number; readonly test: number };
  /** What happens to images of another shape than the net's input, in words; absent where there are none. */
  readonly intake?: string;
  readonly memory: TrainingMemory;
  /** Absent for a net that learns from the labels alone. */
  readonly teacher?: TeacherReport;
  /** Absent for a single net. */
  readonly swarm?: SwarmSize;
  /** The first step that a resumed run will do; absent for a new one. */
  readonly resumed?: { readonly epoch: number; readonly step: number };
  /** Epochs that were finished before. */
  readonly history: readonly EpochRecord[];
  /** What the data were taken for and what of them was left out, a line each. */
  readonly notes?: readonly string[];
}

/** Who teaches a net. */
export interface TeacherReport {
  /** The run or weights file. */
  readonly path: string;
  readonly model: string;
  /** Nets of an ensemble; absent for one net. */
  readonly members?: number;
  /** What a step costs with it, in gradients of the net that learns. */
  readonly gradients: number;
}

/** How large a swarm is. */
export interface SwarmSize {
  readonly particles: number;
  /** How many train at the same time; the others wait for their turn. */
  readonly atOnce: number;
  /** Bytes of all vectors: positions, optimizer states and what is remembered. */
  readonly vectorBytes: number;
  /** Bytes of the optimizer's state of one particle: of that which keeps most. */
  readonly stateBytes: number;
}

/** A step's results; the engine is already at the next one. */
export interface StepDone {
  readonly type: "step";
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Mean over the batch. */
  readonly loss: number;
  /** Of the step's images as they were trained on, by name. */
  readonly metrics: MetricValues;
  readonly lr: number;
  /** Images in the step. */
  readonly images: number;
  /** What it cost, in gradients of the net on one batch: 1 for a first-order optimizer without a teacher. */
  readonly gradients: number;
  /** What else the optimizer tells of it, by name: radii, levels, sizes of samples. */
  readonly details?: Readonly<Record<string, number>>;
}

/** One net of a swarm. */
export interface ParticleStatus {
  readonly particle: number;
  /** Learning rate of its last step. */
  readonly lr: number;
  /** Means over the training images of the epoch so far. */
  readonly loss: number;
  readonly metrics: MetricValues;
  readonly healthy: boolean;
  /** How far the last round moved it. */
  readonly move: number;
  /** The particle whose best point it was pulled to in the last round. */
  readonly chosen?: number;
  /** Factor of its learning rate, halved whenever that was too large for it. */
  readonly rateFactor: number;
  /** How often it was put to another place: after it had diverged, or as it was behind. */
  readonly restored: number;
  /** After how many epochs in a row it was found behind: its loss is far from the best one's. */
  readonly behind: number;
  /** Score on the selection set: the last, and the best so far. */
  readonly score?: number;
  readonly bestScore?: number;
}

/** How the nets of a swarm are doing, after a few steps or, when `evaluated`, at the end of an epoch. */
export interface ParticlesReport {
  readonly type: "particles";
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Images trained on in the epoch so far, by all together. */
  readonly images: number;
  readonly particles: readonly ParticleStatus[];
  readonly evaluated?: boolean;
}

/** A swarm as a whole at the end of an epoch, as its nets were evaluated. Lists are by particle. */
export interface SwarmReport {
  readonly type: "swarm";
  readonly epoch: number;
  /** Scores on the selection set; `spread` is how far best and worst lie apart. */
  readonly scores?: {
    readonly best: number;
    readonly worst: number;
    readonly mean: number;
    readonly spread: number;
  };
  /** Euclidean distances of all pairs; absent in a swarm of more than 64. */
  readonly distances?: readonly (readonly number[])[];
  /** Mean squared distance of the healthy nets to their mean; absent in a swarm of more than 64. */
  readonly consensus?: number;
  /** Random projections of the positions, from which their ways can be drawn. */
  readonly sketches: readonly Float64Array[];
  /** What a step of the mean is made of, where that is measured. */
  readonly meanStep?: {
    /** The rate at which the mean goes down a large batch's gradient. */
    readonly effectiveRate: number;
    /** Squared length of the rest of the step. */
    readonly noise: number;
    /** The part of `noise` that comes from the nets standing at different points. */
    readonly landscapeNoise: number;
  };
}

/** A net that was behind and took the place of another one. Nets are numbered from 0. */
export interface Rescue {
  readonly particle: number;
  readonly from: number;
  /** Mean losses of both over the last epoch's training images. */
  readonly loss: number;
  readonly fromLoss: number;
  /** Factor of its learning rate from now on. */
  readonly rateFactor: number;
}

/** The nets of a swarm have met: after some steps, or before the next epoch. */
export interface RoundPlayed {
  readonly type: "round";
  readonly epoch: number;
  /** The last step before it. */
  readonly step: number;
  /** Bytes that they sent to each other, all together. */
  readonly bytes: number;
  /** Nets, from 0, whose gradient was not finite and was left out of the mean. */
  readonly absent?: readonly number[];
  /** Nets that were behind and took the place of another one; absent where there were none. */
  readonly rescued?: readonly Rescue[];
  /** With it: training loss of the best answer that is always the same, which the losses are compared with. */
  readonly constantLoss?: number;
}

/** An epoch, or what was trained of it before the run stopped, has been evaluated on the selection set. */
export interface EpochEnd extends EpochRecord {
  readonly type: "epochEnd";
  readonly best: boolean;
  readonly complete: boolean;
  /** How the activations of its last step were compressed, layer by layer; absent where they are not. */
  readonly compression?: readonly LayerCompression[];
}

/** The state of the run is on disk. */
export interface CheckpointSaved {
  readonly type: "checkpoint";
  /** The step that a resumed run would do first. */
  readonly epoch: number;
  readonly step: number;
}

/** Something that the user should know. */
export interface Warning {
  readonly type: "warning";
  readonly message: string;
}

/** The run is over; not sent when it fails. */
export interface RunEnd {
  readonly type: "runEnd";
  readonly reason: StopReason;
  readonly summary: Summary;
  /** Of the best weights; absent when the run was interrupted. */
  readonly evaluation?: FinalEvaluation;
}

/** What the best weights are worth. */
export interface FinalEvaluation extends Evaluation {
  /** What was evaluated: the test set, or the selection set where there is none. */
  readonly set: "test" | "selection";
}

export type TrainEvent =
  | RunStart
  | StepDone
  | ParticlesReport
  | SwarmReport
  | RoundPlayed
  | EpochEnd
  | CheckpointSaved
  | Warning
  | RunEnd;

/** Hears every event in order; training waits for it. */
export type Listener = (event: TrainEvent) => void | Promise<void>;

/** What a run comes to; `--json` prints it. */
export interface Summary {
  /** The run folder. */
  readonly run: string;
  readonly task: string;
  readonly model: string;
  readonly parameters: number;
  /** Finished epochs. */
  readonly epochs: number;
  readonly seed: number;
  /** The metric that decides. */
  readonly score: Score;
  /** On the selection set, all metrics by name; absent when the run was interrupted before anything was evaluated. */
  readonly best?: { readonly epoch: number; readonly score: number } & MetricValues;
  /** The particles of a swarm that make the net of the best epoch; absent without a swarm. */
  readonly members?: readonly number[];
  /** The best epoch's weights on the test set, all metrics by name; absent without one, or when interrupted. */
  readonly test?: { readonly loss: number } & MetricValues;
  /** Each net of a swarm on the test set, as it was in the end; absent without a swarm or a test. */
  readonly particles?: readonly ({ readonly loss: number } & MetricValues)[];
  /** Bytes that the nets of a swarm sent to each other; absent without a swarm. */
  readonly bytesSent?: number;
  /** Training images in a second of training. */
  readonly imagesPerSecond: number;
  /** Cost of the run, its teacher's work included, in passes over the training images with a gradient of the net for each. */
  readonly gradients: number;
  /** Of the training program. */
  readonly memory: { readonly peakBytes: number; readonly activationBytes: number };
  /** How the activations of its last step were compressed, layer by layer; absent where they are not. */
  readonly compression?: readonly LayerCompression[];
  /** Time of the whole run, over all its sessions. */
  readonly seconds: number;
}
