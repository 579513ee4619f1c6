// What makes a net smaller, and how that is kept.

import type { CompactNet } from "../../nn/index.js";
import { withoutChannels } from "../channels/index.js";
import type { PassRecord } from "../passes/index.js";
import { chooseChannels } from "./choose.js";
import type { ChannelScore } from "./score.js";

/** A pruned net. */
export interface Pruned {
  readonly small: CompactNet;
  /** What the net before is changed by; nothing where it has such masks already. */
  readonly passes: readonly PassRecord[];
}

/** A way to prune a net. A new one is a file with such a record, or with a {@link ChannelScore}, and a line in the index. */
export interface Pruner {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /**
   * @param share of the channels or weights that goes, above 0 and below 1
   * @throws InputError for a share that is none, and a net that has nothing of the kind
   */
  readonly prune: (whole: CompactNet, share: number) => Pruned;
}

/** Removes the channels that a score ranks lowest. */
export const channelPruner = (score: ChannelScore): Pruner => ({
  name: score.name,
  source: score.source,
  prune(whole, share) {
    const removed = chooseChannels(whole, score, share);
    return { small: withoutChannels(whole, removed), passes: [{ pass: "channels", removed }] };
  },
});
