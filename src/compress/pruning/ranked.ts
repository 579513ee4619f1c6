// The channels of a net in groups, each with how little it counts.

import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import {
  type Channel,
  type ChannelGroup,
  channelGroups,
  mergedRemovals,
  numbersOf,
  type Removed,
} from "../channels/index.js";
import { type ChannelScore, magnitudesOf } from "./score.js";

/** A channel, and its score. */
export interface Ranked {
  readonly group: ChannelGroup;
  readonly channel: Channel;
  readonly score: number;
}

/** The lowest ones first; of equal ones the first. */
export const rising = (ranked: readonly Ranked[]) => [...ranked].sort((a, b) => a.score - b.score);

/**
 * The channels that a score can rank, by groups.
 *
 * @throws InputError for a net without any.
 */
export function rankedGroups(compact: CompactNet, score: ChannelScore): Ranked[][] {
  const magnitudes = magnitudesOf(compact);
  const groups = channelGroups(compact.net).map((group) =>
    group.channels.flatMap((channel): Ranked[] => {
      const found = score.score(channel, magnitudes);
      return found === undefined ? [] : [{ group, channel, score: found }];
    }),
  );
  const ranked = groups.filter(({ length }) => length > 0);
  if (ranked.length > 0) return ranked;
  throw new InputError(`prune ${score.name}: the net has no channels that it could rank`);
}

/** What goes with some channels. */
export const removalOf = (chosen: readonly Ranked[]): Removed =>
  mergedRemovals(chosen.map(({ group, channel }) => [group.name, numbersOf(group, [channel])]));
