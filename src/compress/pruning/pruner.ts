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
  /** What a share is of: what the net still has, all that it ever had, or what it has where rounds make no sense. */
  readonly shareOf: "rest" | "all" | "once";
  /** How it ranks channels, where these are what goes. */
  readonly score?: ChannelScore;
  /** Part of a run's learning rate by which what is left is trained on; default 1. */
  readonly rate?: number;
  /**
   * @param share of the channels or weights that goes, above 0 and below 1
   * @param seed of random numbers, where it draws any; default 0
   * @throws InputError for a share that is none, and a net that has nothing of the kind
   */
  readonly prune: (whole: CompactNet, share: number, seed?: number) => Pruned;
}

/** Removes the channels that a score ranks lowest. */
export const channelPruner = (score: ChannelScore): Pruner => ({
  name: score.name,
  source: score.source,
  score,
  shareOf: "rest",
  prune(whole, share) {
    const removed = chooseChannels(whole, score, share);
    return { small: withoutChannels(whole, removed), passes: [{ pass: "channels", removed }] };
  },
});

/**
 * Shares to prune by in rounds, so that what is gone rises to a share, fast at first and slowly at last:
 * share (1 - (1 - k / rounds)^3) behind round k (Zhu and Gupta 2017, arXiv 1710.01878).
 *
 * @example
 * sharesOf(getPruner("magnitude"), 0.8, 2); // [0.7000000000000001, 0.8]
 * sharesOf(getPruner("filters"), 0.5, 1); // [0.5]
 */
export function sharesOf(
  { shareOf }: Pick<Pruner, "shareOf">,
  share: number,
  rounds: number,
): number[] {
  const gone = (round: number) => share * (1 - (1 - round / rounds) ** 3);
  return Array.from({ length: rounds }, (_, at) => {
    const [before, after] = [gone(at), gone(at + 1)];
    return shareOf === "all" ? after : (after - before) / (1 - before);
  });
}
