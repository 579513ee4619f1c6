// One round of pruning: something goes, what is left is trained on.

import { getPruner } from "../../compress/index.js";
import type { CompactNet } from "../../nn/index.js";
import type { NetInfo } from "../../train/weights.js";
import { openTrained } from "../trained.js";
import { rewound } from "./rewound.js";
import { type Folders, type Training, trainedOn, type Untrained } from "./trainedOn.js";
import { wholeOf } from "./wholeOf.js";

/** What all rounds have in common. */
export interface Rounds extends Training {
  /** The name of a pruner. */
  readonly by: string;
  /** Run or weights file that what is left goes back to before it is trained; default none. */
  readonly rewind?: string;
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
  const whole = await wholeOf(net);
  await net.close();
  const { seed } = net.config.settings;
  const { small, passes } = getPruner(rounds.by).prune(whole, share, seed);
  if (rounds.rewind !== undefined) await rewound(small, rounds.rewind);
  const info: NetInfo = { ...net.info, passes: [...(net.info.passes ?? []), ...passes] };
  return { small, ...(await trainedOn(folders, small, info, net.config, rounds)) };
}
