// `convoy bench`: the time of some work, Convoy beside its peers.

import type { Contender } from "./contender.js";
import { type ConvoyContender, openConvoy } from "./convoy.js";
import { describeMachine, type Machine } from "./machine.js";
import { measure, type StepTime } from "./measure.js";
import { measurePeak, type Peak } from "./peak.js";
import { openPeer, type Peer, PeerError } from "./peer.js";
import { type Task, taskOf, type Work } from "./task.js";

/** Convoy and one peer on one model; the last fields are missing where no peer was asked for. */
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
  /** Rate by that of the best matrix product on as many cores; algorithms that save products exceed 1. */
  readonly matmulShare?: number;
  readonly peakBytes: number;
  /** From nothing to the end of the first step: graph, compilation, step. */
  readonly firstMs: number;
  readonly peer?: string;
  readonly peerVersion?: string;
  readonly peerSetting?: string;
  readonly peerMedianMs?: number;
  readonly peerSpreadMs?: number;
  readonly peerPeakBytes?: number;
  /** Peer's time by Convoy's: above 1 Convoy is faster. */
  readonly ratio?: number;
  /** Why the peer was not measured. */
  readonly note?: string;
}

/** All that `--json` prints. */
export interface Report {
  readonly machine: Machine;
  /** What the machine can do; absent without the native engine. */
  readonly peak?: Peak;
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
  /** Most memory of each of Convoy's training programs, as `300MB`; default no limit. */
  readonly memory?: string;
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

/** Convoy's side of a task, warm. */
interface Own {
  readonly contender: ConvoyContender;
  readonly firstMs: number;
  readonly peak?: Peak;
}

function rowOf(task: Task, { contender: convoy, firstMs, peak }: Own, time: StepTime): Row {
  const { medianMs, spreadMs } = time;
  const rate = convoy.flops / (medianMs / 1000);
  const best = peak?.matmul[convoy.cores];
  return {
    work: task.work,
    model: task.model,
    batch: task.batch,
    nets: task.nets,
    setting: convoy.setting,
    medianMs,
    spreadMs,
    imagesPerSecond: ((task.nets * task.batch) / medianMs) * 1000,
    gflops: rate / 1e9,
    matmulShare: best && rate / best,
    peakBytes: convoy.peakBytes,
    firstMs,
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
  convoy: Own,
  peer: Peer,
  { limitSeconds, rounds }: BenchOptions,
): Promise<Row> {
  let contender: Contender | undefined;
  try {
    // Its search for the best setting, and the last compilation that it began within its time.
    contender = await openPeer(peer, task, 2 * limitSeconds);
    requireSameNet(peer, contender, convoy.contender);
    const [own, other] = await measure([convoy.contender, contender], rounds);
    return {
      ...rowOf(task, convoy, own),
      peer: peer.name,
      peerVersion: contender.version,
      peerSetting: contender.setting,
      peerMedianMs: other.medianMs,
      peerSpreadMs: other.spreadMs,
      peerPeakBytes: contender.peakBytes,
      ratio: other.medianMs / own.medianMs,
    };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    const [own] = await measure([convoy.contender], rounds);
    return { ...rowOf(task, convoy, own), peer: peer.name, note: error.message };
  } finally {
    await contender?.close();
  }
}

async function rowsOf(task: Task, options: BenchOptions, peak?: Peak): Promise<Row[]> {
  const { peers, engine, rounds, progress } = options;
  const name = `${task.model}, batch ${task.batch}`;
  progress(`${name}: Convoy finds its best setting`);
  const convoy: Own = { ...(await openConvoy(task, engine)), peak };
  try {
    if (peers.length === 0) {
      return [rowOf(task, convoy, (await measure([convoy.contender], rounds))[0])];
    }
    const rows: Row[] = [];
    for (const peer of peers) {
      progress(`${name}: ${peer.name} finds its best setting, then both run in turn`);
      rows.push(await againstPeer(task, convoy, peer, options));
    }
    return rows;
  } finally {
    await convoy.contender.close();
  }
}

/** Measures each model and batch against each peer; without peers on its own. */
export async function bench(options: BenchOptions): Promise<Report> {
  const { work, models, batches, size, nets, memory, threads, limitSeconds, progress } = options;
  progress("the machine's own peak");
  const peak = await measurePeak(threads);
  const rows: Row[] = [];
  for (const model of models) {
    for (const batch of batches) {
      const shared = { work, size, nets, memory, threads, tuneSeconds: limitSeconds };
      const task = taskOf({ ...shared, model, batch });
      rows.push(...(await rowsOf(task, options, peak)));
    }
  }
  return { machine: describeMachine(), peak, rows };
}
