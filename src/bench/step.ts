// `bench step`: the time of one training step, Convoy beside its peers.

import type { Contender } from "./contender.js";
import { type ConvoyContender, openConvoy } from "./convoy.js";
import { describeMachine, type Machine } from "./machine.js";
import { measure, type StepTime } from "./measure.js";
import { openPeer, type Peer, PeerError } from "./peer.js";
import { type StepTask, stepTask } from "./task.js";

/** Convoy and one peer on one model; the last six fields are missing where no peer was asked for. */
export interface StepRow {
  readonly model: string;
  readonly batch: number;
  readonly setting: string;
  readonly medianMs: number;
  /** Distance between the quartiles of the rounds. */
  readonly spreadMs: number;
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
export interface StepReport {
  readonly machine: Machine;
  readonly rows: readonly StepRow[];
}

/** What to measure. */
export interface StepOptions {
  readonly models: readonly string[];
  readonly batch: number;
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

function rowOf(task: StepTask, convoy: ConvoyContender, time: StepTime): StepRow {
  const { medianMs, spreadMs } = time;
  return {
    model: task.model,
    batch: task.batch,
    setting: convoy.setting,
    medianMs,
    spreadMs,
    imagesPerSecond: (task.batch / medianMs) * 1000,
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
  task: StepTask,
  convoy: ConvoyContender,
  peer: Peer,
  { limitSeconds, rounds }: StepOptions,
): Promise<StepRow> {
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

/** Measures each model against each peer; a model without peers on its own. */
export async function benchStep(options: StepOptions): Promise<StepReport> {
  const { models, batch, peers, engine, threads, limitSeconds, progress } = options;
  const rows: StepRow[] = [];
  for (const model of models) {
    const task = stepTask(model, batch, { threads, tuneSeconds: limitSeconds });
    progress(`${model}: Convoy finds its best number of threads`);
    const convoy = await openConvoy(task, engine);
    try {
      if (peers.length === 0)
        rows.push(rowOf(task, convoy, (await measure([convoy], options.rounds))[0]));
      for (const peer of peers) {
        progress(`${model}: ${peer.name} finds its best setting, then both run in turn`);
        rows.push(await againstPeer(task, convoy, peer, options));
      }
    } finally {
      await convoy.close();
    }
  }
  return { machine: describeMachine(), rows };
}
