// How particles pull on each other.
//
// A net is a point, and every cooperative method moves points by sums of points: a coupling is
// nothing but the coefficients. It is a pure function of one round's numbers, tested without a net;
// the vectors stay with the engine, which works out the sums (combine.ts).

import type { Random } from "../tensor/philox.js";
import type { OpenCompressor } from "./codecs/index.js";

/**
 * The vectors that a particle publishes in a round: where it is after its local steps, where it was
 * before them (after the last round's move), and the best point it remembers.
 */
export type PublishedVector = "position" | "before" | "best";

/** What everybody knows of a particle in a round. */
export interface Snapshot {
  readonly particle: number;
  /** Its numbers are finite and it is present; others leave it out of everything. */
  readonly healthy: boolean;
  /** Learning rate of its last local step. */
  readonly lr: number;
  /** Mean loss of the batch of its last local step. */
  readonly loss?: number;
  /** Score on the selection set, of which more is better, where the coupling asks for scores. */
  readonly score?: number;
  /** The best score so far, that of the vector `best`. */
  readonly bestScore?: number;
  /** Mean loss over the training images of its last whole epoch. */
  readonly epochLoss?: number;
  /** After how many epochs in a row it was found behind, as known before this round. */
  readonly behind?: number;
}

/** One round, the same for all particles. Particles are numbered from 0 in every list. */
export interface Round {
  /** From 0. */
  readonly number: number;
  /** Rounds of the whole run. */
  readonly total: number;
  /** Epoch of the last local step, from 0. */
  readonly epoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  readonly snapshots: readonly Snapshot[];
  /** After how many epochs in a row each particle was found behind: its loss is far from the best one's. */
  readonly behind: readonly number[];
  /** After the last step of the run: nobody is moved but who is rescued. */
  readonly last: boolean;
  /**
   * Euclidean distance of the positions of particles i and j, NaN where one is not healthy; 0 unless the coupling
   * asks for it.
   */
  distance(i: number, j: number): number;
  /** Root of the number of trainable parameters, to turn distances into root mean squares. */
  readonly rootSize: number;
  /** What the coupling found in the swarm's first round; empty when it does not calibrate. */
  readonly calibration: Calibration;
}

/** Settings that only a swarm's first round can tell, by name. */
export type Calibration = Readonly<Record<string, number>>;

/** A published vector times a number. */
export interface Term {
  readonly particle: number;
  readonly vector: PublishedVector;
  readonly weight: number;
}

/** The new position of a particle: the sum of its terms. */
export type Move = readonly Term[];

/** What a round has to work out before the coupling can be asked. */
export interface Needs {
  /** Scores on the selection set, and with them the vector `best`. */
  readonly scores: boolean;
  readonly distances: boolean;
}

/** How learners share their gradients. */
export interface SharedGradients {
  /** What a gradient is sent through. */
  readonly compressor: OpenCompressor;
  /** The only optimizer that goes with it, by name; default any. */
  readonly optimizer?: string;
  /** Each learner keeps optimizer state for a part of the weights only, and gets the rest from the others. */
  readonly partition: boolean;
}

/** A cooperative method as data. */
export interface Coupling {
  readonly name: string;
  /** Authors, year, arXiv id. */
  readonly source: string;
  readonly needs: Needs;
  /** Initial weights: the same ones for all particles (default), or each its own. */
  readonly start?: "shared" | "own";
  /** Local steps between two rounds; `epoch` for as many as an epoch has. */
  readonly every: number | "epoch";
  /** The first round, from 0, in which anything is moved; infinite where nothing ever is. Default 0. */
  readonly movesFrom?: number;
  /** The net that the run gives in the end, by a deployment's name: `best`, `mean`, `soup`. */
  readonly deploys: string;
  /** Where all follow the run's schedule: how many times the lowest rate the highest one is; default 1. */
  readonly spread?: number;
  /** Optimizer state is moved with the same coefficients as the positions. */
  readonly movesState?: boolean;
  /** Gradients become one at every step, before the optimizers see them; default each has its own. */
  readonly gradients?: SharedGradients;
  /** Positions are moved no further than this share of their norm; default without limit. */
  readonly limit?: number;
  /** Checked before anything starts; throws an `InputError` for settings that do not fit the swarm. */
  check?(particles: number): void;
  /** Whether a particle that is behind takes the place of the best one; default never. */
  rescues?(round: Round, self: number): boolean;
  /** Asked once, in the first round and with distances; every round of the run has the answer. */
  calibrate?(first: Round): Calibration;
  /**
   * Where particle `self` goes. `own` and `shared` are streams for this round at their beginning: its
   * own, and one that all particles draw alike.
   */
  move(round: Round, self: number, own: Random, shared: Random): Move;
}

/** The particle's own position: no move at all. */
export const stay = (self: number): Move => [{ particle: self, vector: "position", weight: 1 }];
