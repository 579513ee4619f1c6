// `convoy bench`: the time of some work, Convoy beside its peers.

import type { Contender } from "./contender.js";
import { openConvoy, type WarmContender } from "./convoy.js";
import { describeMachine, type Machine } from "./machine.js";
import { measure, type SideTime } from "./measure.js";
import { measurePeak, type Peak } from "./peak.js";
import { openPeers, type Peer, PeerError } from "./peer.js";
import { type Precision, type Work, type Workload, workloadFor } from "./workload.js";

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
  /** Names of models, or folders of runs. */
  readonly models: readonly string[];
  /** Images in the batch of each net; every model is measured with each. */
  readonly batches: readonly number[];
  /** Height and width of the images; default those that each model was published with. */
  readonly size?: number;
  /** Nets that share the machine. */
  readonly nets: number;
  /** Numbers that are multiplied; default f32. Of peers that lack them it is told. */
  readonly precision?: Precision;
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

function rowOf(workload: Workload, convoy: WarmContender, time: SideTime, peak?: Peak): Row {
  const { medianMs, spreadMs } = time;
  const rate = convoy.flops / (medianMs / 1000);
  const best = peak?.matmul[convoy.cores];
  return {
    work: workload.work,
    model: workload.run ?? workload.model,
    batch: workload.batch,
    nets: workload.nets,
    setting: convoy.setting,
    medianMs,
    spreadMs,
    imagesPerSecond: ((workload.nets * workload.batch) / medianMs) * 1000,
    gflops: rate / 1e9,
    matmulShare: best && rate / best,
    peakBytes: convoy.peakBytes,
    firstMs: convoy.firstMs,
  };
}

function requireSameNet(peer: Peer, contender: Contender, convoy: Contender): void {
  if (contender.parameters === convoy.parameters) return;
  throw new PeerError(
    `${peer.name} holds another net: ${contender.parameters} parameters, not ${convoy.parameters}`,
  );
}

const closeAll = async (contenders: readonly Contender[]) =>
  void (await Promise.all(contenders.map((contender) => contender.close())));

async function againstPeer(
  workload: Workload,
  convoy: readonly WarmContender[],
  peer: Peer,
  { limitSeconds, rounds }: BenchOptions,
  peak?: Peak,
): Promise<Row> {
  let others: readonly Contender[] = [];
  try {
    if (workload.precision === "int8" && !peer.int8) {
      throw new PeerError(`${peer.name} is measured in f32 only`);
    }
    // Its search for the best setting, and the last compilation that it began within its time.
    others = await openPeers(peer, workload, 2 * limitSeconds);
    for (const other of others) requireSameNet(peer, other, convoy[0]);
    const [own, time] = await measure([convoy, others], rounds);
    const other = others[time.at];
    return {
      ...rowOf(workload, convoy[own.at], own, peak),
      peer: peer.name,
      peerVersion: other.version,
      peerSetting: other.setting,
      peerMedianMs: time.medianMs,
      peerSpreadMs: time.spreadMs,
      peerPeakBytes: other.peakBytes,
      ratio: time.medianMs / own.medianMs,
    };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    const [own] = await measure([convoy], rounds);
    return { ...rowOf(workload, convoy[own.at], own, peak), peer: peer.name, note: error.message };
  } finally {
    await closeAll(others);
  }
}

async function rowsOf(workload: Workload, options: BenchOptions, peak?: Peak): Promise<Row[]> {
  const { peers, engine, rounds, progress } = options;
  const name = `${workload.run ?? workload.model}, batch ${workload.batch}`;
  progress(`${name}: Convoy compiles`);
  const convoy = await openConvoy(workload, engine);
  try {
    if (peers.length === 0) {
      const [own] = await measure([convoy], rounds);
      return [rowOf(workload, convoy[own.at], own, peak)];
    }
    const rows: Row[] = [];
    for (const peer of peers) {
      progress(`${name}: ${peer.name} gets ready, then both run in turn`);
      rows.push(await againstPeer(workload, convoy, peer, options, peak));
    }
    return rows;
  } finally {
    await closeAll(convoy);
  }
}

/** Measures each model and batch against each peer; without peers on its own. */
export async function bench(options: BenchOptions): Promise<Report> {
  const { work, models, batches, size, nets, memory, precision } = options;
  const { threads, limitSeconds, progress } = options;
  progress("the machine's own peak");
  const peak = await measurePeak(threads);
  const rows: Row[] = [];
  for (const model of models) {
    for (const batch of batches) {
      const shared = { work, size, nets, memory, precision, threads, tuneSeconds: limitSeconds };
      const workload = await workloadFor({ ...shared, model, batch });
      rows.push(...(await rowsOf(workload, options, peak)));
    }
  }
  return { machine: describeMachine(), peak, rows };
}
