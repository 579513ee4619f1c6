// Machines that do not exist: how long each takes for the same work, and when it is gone for a while.

import { Random } from "../../tensor/philox.js";

/** What machines are like. */
export interface Machines {
  /** Processes, each of which hosts the same number of particles. */
  readonly processes: number;
  /** Seconds that one as fast as most trains between two rounds. */
  readonly work: number;
  /** Standard deviation of the logarithm of what a round's work takes; default 0. */
  readonly jitter?: number;
  /** A share of the processes, one at least, is slower, always the same ones. */
  readonly slow?: { readonly share: number; readonly times: number };
  /** A process is lost after so many seconds of work in the mean, and its particles are trained again after so many others; at most once a round. */
  readonly lost?: { readonly every: number; readonly gone: number };
  readonly seed: number;
}

/** Draws what happens to processes. */
export class Fates {
  private readonly speeds: readonly number[];

  constructor(private readonly machines: Machines) {
    const { processes, slow } = machines;
    const late = slow ? Math.max(1, Math.round(slow.share * processes)) : 0;
    this.speeds = Array.from({ length: processes }, (_, at) => (at < late ? slow!.times : 1));
  }

  /** Seconds from a process's last round to its next publication. */
  seconds(process: number, round: number): number {
    const { work, jitter = 0, lost, seed } = this.machines;
    const random = new Random({ seed, purpose: "swarm", particle: process, epoch: round });
    const [a, b] = [1 - random.uniform(0), random.uniform(1)];
    const normal = Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
    const own = this.speeds[process] * work * Math.exp(jitter * normal);
    if (!lost) return own;
    // Lost somewhere within the work, which begins anew: the last checkpoint is that of the round before.
    const until = -lost.every * Math.log(1 - random.uniform(2));
    return until < own ? until + lost.gone + own : own;
  }
}
