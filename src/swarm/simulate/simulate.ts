// A swarm of many processes without its nets: when each comes to a round, how long it waits, and what goes over the network.
// Rounds are those of a folder or a NATS server (exchange/): every process publishes once, waits for the others or for its
// deadline, and reads what all of them published.

import { Fates, type Machines } from "./machines.js";

/** Between a process and the place where all meet. Bytes and seconds are of the numbers as they are used: with packing and checking. */
export interface Network {
  /** Bytes a second that one process sends or reads. */
  readonly each: number;
  /** Bytes a second that the place gives and takes, of all processes together; default without a limit. */
  readonly all?: number;
  /** Seconds until a word has gone there. */
  readonly latency: number;
}

/** What is simulated. */
export interface Simulated extends Machines {
  readonly network: Network;
  /** Bytes that a process publishes in a round, of all its particles. */
  readonly bytes: number;
  readonly rounds: number;
  /** Seconds that a round waits for processes that are late; default without end. */
  readonly wait?: number;
}

/** What became of it. */
export interface SimulatedRounds {
  /** From the start until all who were in the last round have read it. */
  readonly seconds: number;
  /** What a process as fast as most took for its work alone. */
  readonly work: number;
  /** Time from one closed round to the next, by round. */
  readonly times: readonly number[];
  /** Share of publications that came too late for their round. */
  readonly late: number;
  /** Sent and read by all processes together. */
  readonly sent: number;
  readonly read: number;
}

/** When what each process publishes is at the place: one after the other where the place is the limit. */
function arrivals(ready: readonly number[], { bytes, network }: Simulated): number[] {
  const { each, all = Number.POSITIVE_INFINITY, latency } = network;
  const at = new Array<number>(ready.length).fill(0);
  let free = 0;
  for (const process of [...ready.keys()].sort((a, b) => ready[a] - ready[b])) {
    free = Math.max(free, ready[process]) + bytes / all;
    at[process] = latency + Math.max(free, ready[process] + bytes / each);
  }
  return at;
}

const latest = (times: readonly number[]) => times.reduce((last, at) => Math.max(last, at), 0);

/** When a round is closed: all have come who came to the one before, or the first one has waited long enough. */
function closing(came: readonly number[], awaited: readonly boolean[], wait: number): number {
  const all = latest(came.filter((_, process) => awaited[process]));
  return Math.min(all, came.reduce((first, at) => Math.min(first, at)) + wait);
}

/**
 * Plays rounds of a swarm that is not there.
 *
 * @example
 * const network = { each: 100e6, latency: 0.001 };
 * const plan = { processes: 4, work: 10, network, bytes: 50e6, rounds: 5, seed: 1 };
 * const { seconds, sent } = simulate(plan);
 * sent; // 1000000000
 * Math.round(seconds); // 60
 */
export function simulate(plan: Simulated): SimulatedRounds {
  const { processes, network, bytes, rounds, wait = Number.POSITIVE_INFINITY, work } = plan;
  const { each, all = Number.POSITIVE_INFINITY, latency } = network;
  const fates = new Fates(plan);
  let awaited: readonly boolean[] = new Array<boolean>(processes).fill(true);
  let free: readonly number[] = new Array<number>(processes).fill(0);
  const times: number[] = [];
  let [closed, late, read] = [0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    const ready = free.map((since, process) => since + fates.seconds(process, round));
    const came = arrivals(ready, plan);
    const close = closing(came, awaited, wait);
    const present = came.map((at) => at <= close);
    const count = present.filter(Boolean).length;
    const reading = (process: number) => (count - (present[process] ? 1 : 0)) * bytes;
    // Who is there reads at the same time as the others, who is late alone.
    const together = present.reduce((sum, here, process) => sum + (here ? reading(process) : 0), 0);
    free = came.map((at, process) => {
      const own = reading(process);
      read += own;
      const shared = present[process] ? together / all : own / all;
      return Math.max(close, at) + latency + Math.max(own / each, shared);
    });
    late += processes - count;
    awaited = present;
    times.push(close - closed);
    closed = close;
  }
  const seconds = latest(free.filter((_, process) => awaited[process]));
  return {
    ...{ seconds, work: rounds * work, times },
    ...{ late: late / (processes * rounds), sent: rounds * processes * bytes, read },
  };
}
