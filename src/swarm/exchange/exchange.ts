// How particles hear of each other. An exchange is the only thing that knows where they are: couplings are
// pure, rounds work with what an exchange gives, and a swarm on one machine differs from one on many in the
// exchange alone. A process holds one end of it, for the particles that it hosts.
//
// A driver (a kind of exchange) keeps these promises, which test/conformance/exchange.test.ts checks:
//
// - All processes get the same snapshots of a round, whoever came late: a driver whose processes may close a
//   round at different moments lets them agree first.
// - Numbers arrive as they were sent, to the bit, finite or not.
// - Nobody waits for ever for a particle that is gone, where there is a deadline.

import type { Engine, Vector } from "../../engine/engine.js";
import type { ParamLayout } from "../../graph/index.js";
import type { Snapshot } from "../coupling.js";

/** Vectors that a particle publishes, by name. */
export type Published = Readonly<Record<string, Vector>>;

/** What all particles sent at once: for each its message, or `undefined`. The same object for all of a process. */
export type Messages = readonly (Uint8Array | undefined)[];

/** One end of an exchange. Particles are numbered from 0 over the whole swarm; deadlines are as of `Date.now()`. */
export interface Exchange {
  /** Of the whole swarm, here and elsewhere. */
  readonly particles: number;
  /** Bytes sent so far for the particles of this process: vectors that others took, and messages. */
  readonly bytes: number;
  /**
   * Tells the others of a particle of this process. Rounds have ascending numbers, and not all numbers from 0.
   *
   * @param vectors lent until the last `vector` of the round was read here: nobody changes them before. A driver
   * that sends them copies them before it resolves.
   */
  publish(round: number, snapshot: Snapshot, vectors: Published): Promise<void>;
  /**
   * Snapshots of a round by particle, once all have published or the deadline has passed; without one all are
   * waited for. Of a particle that did not come in time it is {@link absent}; what it publishes later belongs to
   * no round.
   */
  round(number: number, deadline?: number): Promise<readonly Snapshot[]>;
  /**
   * A vector of the round that was asked for last, to be read and not to be written. The same one whenever it is
   * asked for again in the round.
   *
   * @param by who wants it; a particle's own costs no bytes
   * @throws Error for a particle that was absent, and for a vector that it did not publish.
   */
  vector(particle: number, name: string, by: number): Promise<Vector>;
  /**
   * Gives the messages of all particles, once everybody has sent as many as this one or the deadline has passed. A
   * particle that has nothing to say comes with `undefined`, so that nobody waits for it.
   *
   * @param since where there is a deadline, nobody waits for a particle that has not come to all gathers from this
   * one on, be it late; default the one before. Nor for one at a round that came neither to the last round nor, since
   * then, to a gather.
   */
  gather(
    particle: number,
    message: Uint8Array | undefined,
    deadline?: number,
    since?: number,
  ): Promise<Messages>;
  /** Gathers that are over, from the first one on: who comes to them now is too late. */
  over(): Promise<number>;
  /** Times that each particle of this process has gathered, in this run of the swarm; a checkpoint holds it. */
  readonly gathers: number;
  /** Goes on behind so many gathers: as a checkpoint has it, or where the others are. */
  resume(gathers: number): void;
  /**
   * This process has saved all that it needs of rounds and gathers before these, and never asks for them again: a
   * driver that keeps them for those who resume may delete what nobody needs.
   */
  saved(round: number, gathers: number): Promise<void>;
  /** Lets go of what the driver holds: files, connections. */
  close(): Promise<void>;
}

/** What a driver is told of the swarm that it connects. */
export interface ExchangeSetup {
  readonly particles: number;
  /** Of the net; couplings move the trainable part. */
  readonly layout: ParamLayout;
  /** Where vectors live that come from elsewhere. */
  readonly engine: Engine;
}

/** What a driver that others may harm or delay is told of its process. */
export interface DriverOptions {
  /** Hears of what is left out, as it is damaged, forged, of another round or too long. */
  readonly onRefused?: (message: string) => void;
  /** Ends waits for others, with {@link StoppedWaiting}. */
  readonly signal?: AbortSignal;
}

/** A kind of exchange, ready to be opened. */
export interface ExchangeDriver {
  /** Numbers of the particles that this process hosts, ascending; default all. */
  readonly hosted?: readonly number[];
  open(setup: ExchangeSetup): Promise<Exchange>;
}

/** Nobody waits any more: the exchange was closed, or who asked was told to stop. */
export class StoppedWaiting extends Error {
  override readonly name = "StoppedWaiting";
}

/** What stands in a round for a particle that did not come: couplings leave it out, as one that is lost. */
export const absent = (particle: number): Snapshot => ({ particle, healthy: false, lr: 0 });

/** The moment in `wait` milliseconds. */
export const deadlineIn = (wait = Number.POSITIVE_INFINITY): number => Date.now() + wait;
