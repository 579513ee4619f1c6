// Joins requests that wait into batches: while one batch runs, the next one gathers.

import { InputError } from "../inputError.js";

/** How {@link MicroBatches} joins. */
export interface JoinOptions {
  /** Most items of a batch, a power of two. */
  readonly largest: number;
  /** Milliseconds that items wait for others while nothing runs; default 0, until the event loop's next turn. */
  readonly wait?: number;
  /** Told of each batch when it is done: its items, and the seconds that it took. */
  readonly onBatch?: (size: number, seconds: number) => void;
}

interface Waiting<I, O> {
  readonly item: I;
  /** Whether nobody wants an answer any more. */
  readonly gone: () => boolean;
  readonly since: number;
  resolve(value: O): void;
  reject(error: unknown): void;
}

/** Batches at work at a time: what one leaves to do on the host is done while the next one computes. */
const RUNNING = 2;

/**
 * Runs items together, each with an answer of its own. Batches have a power of two of items, so that a program is compiled
 * for a few sizes only and no place stays empty; what is left goes with those that come next. Where a batch fails, its
 * items are run alone, so that one that cannot be answered does not harm others.
 *
 * @example
 * const sizes: number[] = [];
 * const doubled = new MicroBatches(async (numbers: readonly number[]) => numbers.map((one) => 2 * one), {
 *   largest: 4,
 *   onBatch: (size) => sizes.push(size),
 * });
 * await Promise.all([1, 2, 3, 4, 5, 6, 7].map((one) => doubled.add(one))); // [2, 4, 6, 8, 10, 12, 14]
 * sizes; // [4, 2, 1]
 */
export class MicroBatches<I, O> {
  private queue: Waiting<I, O>[] = [];
  private running = 0;
  private timer?: NodeJS.Timeout | NodeJS.Immediate;

  /**
   * @param run gives an answer for each item, in order
   */
  constructor(
    private readonly run: (items: readonly I[]) => Promise<readonly O[]>,
    private readonly options: JoinOptions,
  ) {}

  /**
   * Waits for the answer to an item.
   *
   * @param gone asked before the item is run; where it says yes, the item is left out
   * @throws InputError for an item that was left out; what `run` throws.
   */
  add(item: I, gone: () => boolean = () => false): Promise<O> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, gone, since: performance.now(), resolve, reject });
      this.turn();
    });
  }

  /** Starts what is to be started now. */
  private turn(): void {
    const { largest } = this.options;
    while (this.running < RUNNING && this.queue.length >= largest) this.start(largest);
    if (this.running > 0 || this.queue.length === 0 || this.timer) return;
    const left = (this.options.wait ?? 0) - (performance.now() - this.queue[0].since);
    const ripe = () => {
      this.timer = undefined;
      if (this.running === 0) this.start(largest);
      this.turn();
    };
    this.timer = left > 0 ? setTimeout(ripe, left) : setImmediate(ripe);
  }

  /** Starts a batch of the first items, as many as a power of two. */
  private start(most: number): void {
    this.queue = this.queue.filter(({ gone, reject }) => {
      const wanted = !gone();
      if (!wanted) reject(new InputError("nobody waits for the answer any more"));
      return wanted;
    });
    if (this.queue.length === 0) return;
    const size = Math.min(most, 2 ** Math.floor(Math.log2(this.queue.length)));
    const taken = this.queue.splice(0, size);
    this.running++;
    void this.answer(taken).finally(() => {
      this.running--;
      this.turn();
    });
  }

  private async answer(taken: readonly Waiting<I, O>[]): Promise<void> {
    const start = performance.now();
    try {
      const values = await this.run(taken.map(({ item }) => item));
      for (const [at, { resolve }] of taken.entries()) resolve(values[at]);
      this.options.onBatch?.(taken.length, (performance.now() - start) / 1000);
    } catch (error) {
      if (taken.length === 1) return taken[0].reject(error);
      for (const one of taken) await this.answer([one]);
    }
  }
}
