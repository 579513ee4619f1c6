// One round of pruning: something goes, what is left is trained on.

import type { Pruned } from "../../compress/index.js";
import type { PassRecord } from "../../compress/passes/index.js";
import type { CompactNet } from "../../nn/index.js";
import type { NetInfo } from "../../train/weights.js";
import { openTrained, type Trained } from "../trained.js";
import { rewound } from "./rewound.js";
import { type Folders, type Training, trainedOn, type Untrained } from "./trainedOn.js";
import { wholeOf } from "./wholeOf.js";

/** What all rounds have in common. */
export interface Rounds extends Training {
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

/** What goes of a net in a round, and of its passes what stays; default all. */
export type Gone = Pruned & { readonly inherited?: readonly PassRecord[] };
export type Going = (whole: CompactNet, net: Trained) => Gone | Promise<Gone>;

/** Plays one round, from a run's folder into another one. */
export async function pruneRound(
  { from, ...folders }: Place,
  going: Going,
  rounds: Rounds,
): Promise<Round> {
  const net = await openTrained(from, rounds.engine);
  const {
    small,
    passes,
    inherited = net.info.passes ?? [],
  } = await (async () => {
    try {
      return await going(await wholeOf(net), net);
    } finally {
      await net.close();
    }
  })();
  if (rounds.rewind !== undefined) await rewound(small, rounds.rewind);
  const info: NetInfo = { ...net.info, passes: [...inherited, ...passes] };
  return { small, ...(await trainedOn(folders, small, info, net.config, rounds)) };
}
