// `convoy bench`: the time of some work, Convoy beside its peers.

import type { Contender } from "./contender.js";
import { type ConvoyContender, openConvoy } from "./convoy.js";
import { describeMachine, type Machine } from "./machine.js";
import { measure, type StepTime } from "./measure.js";
import { openPeer, type Peer, PeerError } from "./peer.js";
import { type Task, taskOf, type Work } from "./task.js";

/** Convoy and one peer on one model; the last six fields are missing where no peer was asked for. */
export interface Row {
  readonly work: Work;
  readonly model: string;
  readonly batch: number;
  readonly nets: number;
  readonly setting: string;
  readonly medianMs: number;
  /** Distance between the quartiles of the rounds. */
  readonly spreadMs: number;
  /** Of all nets together. */
  readonly imagesPerSecond: number;
  readonly gflops: number;
  readonly peakBytes: number;
  readonly peer?: string;
  readonly peerVersion?: string;
  readonly peerSetting?: string;
  readonly peerMedianMs?: number;
  readonly peerSpreadMs?: number;
  /** Peer's time by Convoy's: above 1 Convoy is faster. */
  readonly ratio?: number;
  /** Why the peer was not measured. */
  readonly note?: string;
}

/** All that `--json` prints. */
export interface Report {
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** What to measure. */
export interface BenchOptions {
  readonly work: Work;
  readonly models: readonly string[];
  /** Pictures in the batch of each net; every model is measured with each. */
  readonly batches: readonly number[];
  /** Height and width of the pictures; default those that each model was published with. */
  readonly size?: number;
  /** Nets that share the machine. */
  readonly nets: number;
  readonly peers: readonly Peer[];
  readonly engine: string;
  readonly threads: readonly number[];
  /** Rounds of each contender. */
  readonly rounds: number;
  /** Longest wait for one answer of a peer, and its time to find its best setting, in seconds. */
  readonly limitSeconds: number;
  /** Told what is being done. */
  readonly progress: (line: string) => void;
}

function rowOf(task: Task, convoy: ConvoyContender, time: StepTime): Row {
  const { medianMs, spreadMs } = time;
  return {
    work: task.work,
    model: task.model,
    batch: task.batch,
    nets: task.nets,
    setting: convoy.setting,
    medianMs,
    spreadMs,
    imagesPerSecond: ((task.nets * task.batch) / medianMs) * 1000,
    gflops: convoy.flops / medianMs / 1e6,
    peakBytes: convoy.peakBytes,
  };
}

function requireSameNet(peer: Peer, contender: Contender, convoy: Contender): void {
  if (contender.parameters === convoy.parameters) return;
  throw new PeerError(
    `${peer.name} holds another net: ${contender.parameters} parameters, not ${convoy.parameters}`,
  );
}

async function againstPeer(
  task: Task,
  convoy: ConvoyContender,
  peer: Peer,
  { limitSeconds, rounds }: BenchOptions,
): Promise<Row> {
  let contender: Contender | undefined;
  try {
    // Its search for the best setting, and the last compilation that it began within its time.
    contender = await openPeer(peer, task, 2 * limitSeconds);
    requireSameNet(peer, contender, convoy);
    const [own, other] = await measure([convoy, contender], rounds);
    return {
      ...rowOf(task, convoy, own),
      peer: peer.name,
      peerVersion: contender.version,
      peerSetting: contender.setting,
      peerMedianMs: other.medianMs,
      peerSpreadMs: other.spreadMs,
      ratio: other.medianMs / own.medianMs,
    };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    const [own] = await measure([convoy], rounds);
    return { ...rowOf(task, convoy, own), peer: peer.name, note: error.message };
  } finally {
    await contender?.close();
  }
}

async function rowsOf(task: Task, options: BenchOptions): Promise<Row[]> {
  const { peers, engine, rounds, progress } = options;
  const name = `${task.model}, batch ${task.batch}`;
  progress(`${name}: Convoy finds its best setting`);
  const convoy = await openConvoy(task, engine);
  try {
    if (peers.length === 0) return [rowOf(task, convoy, (await measure([convoy], rounds))[0])];
    const rows: Row[] = [];
    for (const peer of peers) {
      progress(`${name}: ${peer.name} finds its best setting, then both run in turn`);
      rows.push(await againstPeer(task, convoy, peer, options));
    }
    return rows;
  } finally {
    await convoy.close();
  }
}

/** Measures each model and batch against each peer; without peers on its own. */
export async function bench(options: BenchOptions): Promise<Report> {
  const { work, models, batches, size, nets, threads, limitSeconds } = options;
  const rows: Row[] = [];
  for (const model of models) {
    for (const batch of batches) {
      const task = taskOf({ work, model, batch, size, nets, threads, tuneSeconds: limitSeconds });
      rows.push(...(await rowsOf(task, options)));
    }
  }
  return { machine: describeMachine(), rows };
}
