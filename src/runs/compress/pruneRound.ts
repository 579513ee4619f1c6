// One round of pruning: something goes, what is left is trained on.

import { getPruner } from "../../compress/index.js";
import { type CompactNet, netOf } from "../../nn/index.js";
import type { NetInfo } from "../../train/weights.js";
import { openTrained } from "../trained.js";
import { type Folders, type Training, trainedOn, type Untrained } from "./trainedOn.js";

/** What all rounds have in common. */
export interface Rounds extends Training {
  /** The name of a pruner. */
  readonly by: string;
}

/** Folders of a round. */
export interface Place extends Folders {
  readonly from: string;
}

/** What a round made. */
export interface Round extends Untrained {
  readonly small: CompactNet;
}

/** Plays one round, from a run's folder into another one. */
export async function pruneRound(
  { from, ...folders }: Place,
  share: number,
  rounds: Rounds,
): Promise<Round> {
  const net = await openTrained(from, rounds.engine);
  const w = await net.w.read();
  await net.close();
  const whole = { net: netOf(net.model, 1, { training: false }), w };
  const { small, passes } = getPruner(rounds.by).prune(whole, share);
  const info: NetInfo = { ...net.info, passes: [...(net.info.passes ?? []), ...passes] };
  return { small, ...(await trainedOn(folders, small, info, net.config, rounds)) };
}
