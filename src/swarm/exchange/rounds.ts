// Collects what particles publish, round by round, and closes a round when all have come or time is up.

import { after } from "../../timer.js";

/** One round: open until it is closed, and then always the same. */
class Collected<P> {
  readonly found: (P | undefined)[];
  readonly closed: Promise<void>;
  private readonly missing: Set<number>;
  private resolve!: () => void;
  private isClosed = false;

  constructor(particles: number) {
    this.found = new Array<P | undefined>(particles).fill(undefined);
    this.missing = new Set(this.found.keys());
    this.closed = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  put(particle: number, publication: P | undefined): void {
    if (this.isClosed) return;
    this.found[particle] = publication;
    this.missing.delete(particle);
    if (this.missing.size === 0) this.close();
  }

  close(): void {
    this.isClosed = true;
    this.resolve();
  }
}

/** What `particles` particles publish, by round; rounds before the last one that was closed are forgotten. */
export class Rounds<P> {
  private readonly rounds = new Map<number, Collected<P>>();
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly particles: number) {}

  /** Behind the last round that was closed. */
  get over(): number {
    return Math.max(0, this.last + 1);
  }

  /** Adds a publication, unless its round is closed. */
  put(round: number, particle: number, publication: P | undefined): void {
    if (round >= this.last) this.at(round).put(particle, publication);
  }

  /**
   * What was published in a round, by particle, once all have come or the deadline has passed. The same list
   * whenever it is asked for.
   *
   * @throws Error for a round before the last one that was closed.
   */
  async take(
    round: number,
    deadline = Number.POSITIVE_INFINITY,
  ): Promise<readonly (P | undefined)[]> {
    if (round < this.last) {
      throw new Error(`round ${round} is over: round ${this.last} was closed since`);
    }
    const collected = this.at(round);
    const wait = Math.max(0, deadline - Date.now());
    const forget = after(wait, () => collected.close());
    await collected.closed;
    forget();
    this.last = Math.max(this.last, round);
    for (const number of this.rounds.keys()) if (number < this.last) this.rounds.delete(number);
    return collected.found;
  }

  private at(round: number): Collected<P> {
    const known = this.rounds.get(round);
    if (known) return known;
    const made = new Collected<P>(this.particles);
    this.rounds.set(round, made);
    return made;
  }
}
