// One round of pruning: something goes, what is left is trained on.

import { join } from "node:path";
import { getPruner } from "../../compress/index.js";
import type { EngineOptions } from "../../engine/index.js";
import { type CompactNet, netOf } from "../../nn/index.js";
import type { MetricValues } from "../../tasks/index.js";
import type { TrainSettings } from "../../train/index.js";
import type { NetInfo } from "../../train/weights.js";
import type { OwnSetsOptions } from "../ownSets.js";
import { runFiles } from "../runFiles.js";
import type { TrainOptions } from "../train.js";
import { openTrained } from "../trained.js";
import { writeCompressed } from "./compressedRun.js";
import { finetune } from "./finetune.js";
import { measured } from "./measured.js";

/** What all rounds have in common. */
export interface Rounds {
  /** The name of a pruner. */
  readonly by: string;
  /** Of training behind each round. */
  readonly epochs: number;
  readonly lr?: number;
  readonly engine: EngineOptions;
  /** Where the data are. */
  readonly sets: OwnSetsOptions;
  readonly watch: Pick<TrainOptions, "listeners" | "signal" | "onProgress">;
}

/** Folders of a round. */
export interface Place {
  readonly from: string;
  /** Of the net before it is trained on; the same as `to` where it is not. */
  readonly start: string;
  readonly to: string;
}

/** What a round made. */
export interface Round {
  readonly small: CompactNet;
  /** Of the file of weights. */
  readonly bytes: number;
  /** Before any training. */
  readonly pruned: MetricValues;
}

/** Plays one round, from a run's folder into another one. */
export async function pruneRound(
  { from, start, to }: Place,
  share: number,
  rounds: Rounds,
): Promise<Round> {
  const { by, epochs, lr, engine, sets, watch } = rounds;
  const net = await openTrained(from, engine);
  const { config, model } = net;
  const w = await net.w.read();
  await net.close();
  const whole = { net: netOf(model, 1, { training: false }), w };
  const { small, passes } = getPruner(by).prune(whole, share);
  const info: NetInfo = { ...net.info, passes: [...(net.info.passes ?? []), ...passes] };
  const bytes = await writeCompressed(start, small, info, config);
  const pruned = await measured(start, rounds);
  if (epochs > 0) {
    const given = { epochs, lr, out: to, data: sets.data, ...engine } as TrainSettings;
    await finetune(join(start, runFiles.best), config, given, watch);
  }
  return { small, bytes, pruned };
}
