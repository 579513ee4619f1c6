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
  /** Share of rounds, each for every process, that it came too late for. */
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

/** When a round is closed: all have come who are waited for, or the first one of them has waited long enough. */
function closing(came: readonly number[], awaited: readonly boolean[], wait: number): number {
  const those = came.filter((_, process) => awaited[process]);
  return Math.min(latest(those), those.reduce((first, at) => Math.min(first, at)) + wait);
}

/** Where a process is. */
interface State {
  /** When it begins to train. */
  readonly free: number;
  /** Rounds in a row that it was in; who was in the last two is waited for. */
  readonly there: number;
  /** When it was ready for a round that it came too late for. */
  readonly ready?: number;
  /** It goes to the next round that is open, with what it has: the one that it was ready for was not the first it missed. */
  readonly joins?: boolean;
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
  let states = Array.from({ length: processes }, (): State => ({ free: 0, there: 2 }));
  const times: number[] = [];
  let [closed, late, read, sent] = [0, 0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    const train = (process: number, since: number) => {
      sent += bytes;
      return since + fates.seconds(process, round);
    };
    const ready = states.map(({ free, ready }, process) => ready ?? train(process, free));
    const came = arrivals(ready, plan);
    const inTime = states.map(({ there }) => there > 1);
    const awaited = inTime.includes(true) ? inTime : inTime.map(() => true);
    const close = closing(came, awaited, wait);
    // Whoever missed one round, and no other since, has trained on.
    for (const [process, { ready: before, joins }] of states.entries()) {
      if (before === undefined || joins || came[process] > close) continue;
      ready[process] = train(process, came[process]);
      came[process] = ready[process] + bytes / each + latency;
    }
    const present = came.map((at) => at <= close);
    const count = present.filter(Boolean).length;
    const own = (count - 1) * bytes;
    // All who are there read at the same time.
    const seconds = latency + Math.max(own / each, (count * own) / all);
    states = states.map(({ there, ready: before }, process) =>
      present[process]
        ? { free: close + seconds, there: there + 1 }
        : { free: 0, there: 0, ready: ready[process], joins: before !== undefined },
    );
    read += count * own;
    late += processes - count;
    times.push(close - closed);
    closed = close;
  }
  const seconds = latest(states.filter(({ there }) => there > 0).map(({ free }) => free));
  return {
    ...{ seconds, work: rounds * work, times },
    ...{ late: late / (processes * rounds), sent, read },
  };
}
