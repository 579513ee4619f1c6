// How a process that was away, or is slow, takes part in its swarm again. It trains all of its own epochs, one after the
// other, and meets the others where they are: epochs of the swarm that went by without it are missed, and from then on it
// is so many behind in its own count.

import type { Evaluation } from "../train/index.js";
import type { Sums } from "../train/progress.js";
import type { Coupling } from "./coupling.js";
import type { Exchange } from "./exchange/exchange.js";
import { roundsIn } from "./rhythm.js";
import type { Evaluated, Whole } from "./whole.js";

/** Epochs in a row that a process may come too late for: whoever missed one comes in time again by itself. */
const MOST_LATE = 1;

/** Gathers of the swarm at the end of an epoch: reports, and weights. */
const GATHERS = 2;

/** What {@link CatchUp} is made of. */
export interface CatchUpParts {
  readonly whole: Whole;
  readonly exchange: Exchange;
  readonly every: Coupling["every"];
  /** All are one net, which is another one for whoever misses a step: nobody leaves any out. */
  readonly isOneNet: boolean;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Milliseconds that the others are waited for; default without end, and then nobody is ever late. */
  readonly wait?: number;
}

/** What a checkpoint holds of it; nothing of a process that was always in time. */
export interface Missed {
  readonly missed: number;
  readonly late: number;
}

/** What a user is told of epochs that were missed. */
export const missedMessage = (missed: number, epoch: number): string =>
  `${missed} epochs of the swarm went by without this process, which takes part again with its epoch ${epoch + 1}`;

/** Where a process is in the time of its swarm. */
export class CatchUp {
  private missed = 0;
  /** Epochs in a row that the others did not hear of. */
  private late = 0;
  private heardAt = Date.now();

  constructor(private readonly parts: CatchUpParts) {}

  get saved(): Missed | undefined {
    const { missed, late } = this;
    return missed > 0 || late > 0 ? { missed, late } : undefined;
  }

  restore({ missed = 0, late = 0 }: Partial<Missed>): void {
    this.missed = missed;
    this.late = late;
  }

  /** The epoch of the swarm at which the process has its own one. */
  at(epoch: number): number {
    return epoch + this.missed;
  }

  /** The number of a round that would have this one, counted in the time of the swarm: behind its end, none of its own. */
  numberAt(epoch: number, round: number): number {
    return this.isOver(epoch) ? round + 1 : round;
  }

  /** The number of the round after the last step. */
  get lastRound(): number {
    const { every, epochs, stepsPerEpoch } = this.parts;
    const rounds = roundsIn(every, { epochs: this.at(epochs), stepsPerEpoch });
    return this.missed > 0 ? rounds + 1 : rounds;
  }

  /**
   * Tells the others how particles did in an epoch, hears of theirs, and brings the weights of those who are asked for.
   * Whoever comes too late for a second time in a row goes to the epoch that the others are in, and waits there for them.
   *
   * @param asked whose weights are needed, by what was heard
   * @returns with the epochs that were missed by it
   */
  async hear(
    epoch: number,
    own: readonly Evaluation[],
    sums: readonly Sums[],
    asked: (evaluations: readonly Evaluation[]) => Promise<readonly number[]>,
  ): Promise<Evaluated & { readonly missed: number }> {
    const { whole } = this.parts;
    if (this.isOver(epoch)) return { ...whole.alone(own, sums), missed: 0 };
    const before = this.missed;
    const found = await this.share(epoch, own, sums);
    await whole.bring(await asked(found.evaluations));
    return { ...found, missed: this.missed - before };
  }

  private async share(
    epoch: number,
    own: readonly Evaluation[],
    sums: readonly Sums[],
  ): Promise<Evaluated> {
    const { whole, exchange, isOneNet, epochs, wait } = this.parts;
    if (wait === undefined || isOneNet) return whole.share(own, sums);
    const took = Date.now() - this.heardAt;
    // Who is far slower comes to one epoch, and not to the next: nobody waits for it there.
    const since = (at: number) => GATHERS * Math.max(0, at - 2);
    const here = this.at(epoch);
    const found = await whole.share(own, sums, { wait, since: since(here) });
    this.heardAt = Date.now();
    if (whole.isHeard) {
      this.late = 0;
      return found;
    }
    const open = Math.ceil((await exchange.over()) / GATHERS);
    this.late += open - here;
    if (this.late <= MOST_LATE || open >= epochs) return found;
    this.missed += open - here;
    this.late = 0;
    exchange.resume(GATHERS * open);
    // The others are in the middle of an epoch. Whoever closed this one before they come would make them late.
    const joined = await whole.share(own, sums, { wait: wait + 2 * took, since: since(open) });
    this.heardAt = Date.now();
    if (!whole.isHeard) this.late = 1;
    return joined;
  }

  /** Whether the swarm has ended, for a process that goes on. */
  private isOver(epoch: number): boolean {
    return this.at(epoch) >= this.parts.epochs;
  }
}
