// How far a run is, for the time that is left.

import type { RunStart } from "../train/events.js";

/** A step, counted from 1 in an epoch counted from 1. */
interface StepOfEpoch {
  readonly epoch: number;
  readonly step: number;
}

/** Steps that this session of a run has done, and the time that they took. */
export class Pace {
  /** Steps done. */
  done = 0;
  private readonly start: number;
  private readonly total: number;
  private readonly before: number;
  private readonly stepsPerEpoch: number;

  /**
   * @param now the clock, in milliseconds
   * @param steps after which the run will stop, if that is before its last epoch ends
   */
  constructor(
    { epochs, stepsPerEpoch, resumed }: RunStart,
    private readonly now: () => number,
    steps = Number.POSITIVE_INFINITY,
  ) {
    this.start = now();
    this.stepsPerEpoch = stepsPerEpoch;
    this.total = Math.min(epochs * stepsPerEpoch, steps);
    this.before = resumed ? (resumed.epoch - 1) * stepsPerEpoch + resumed.step - 1 : 0;
  }

  /** Training has reached the end of a step. */
  reach({ epoch, step }: StepOfEpoch): void {
    this.done = (epoch - 1) * this.stepsPerEpoch + step - this.before;
  }

  /** Steps of an epoch, counted from its first, that this session did: a resumed one begins in the middle. */
  ownOf({ epoch, step }: StepOfEpoch): number {
    return step - Math.max(0, this.before - (epoch - 1) * this.stepsPerEpoch);
  }

  /** Time since it began. */
  get seconds(): number {
    return (this.now() - this.start) / 1000;
  }

  /** Steps to do. */
  get left(): number {
    return Math.max(0, this.total - this.before - this.done);
  }

  /** Time that the steps to do will take; `undefined` before the first one is done. */
  get secondsLeft(): number | undefined {
    if (this.left === 0) return 0;
    return this.done === 0 ? undefined : (this.seconds / this.done) * this.left;
  }
}
