// The channels of a net in groups, each with how little it counts.

import { countUses } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import type { CompactNet, Net } from "../../nn/index.js";
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

/** Refuses a net with parameters for training alone: which channels go with theirs cannot be told without it. */
function expectAllUsed({ graph, params, output }: Net, pruner: string): void {
  const uses = countUses(graph, [output]);
  const idle = [...params].find(([, value]) => !uses.get(value));
  if (!idle) return;
  throw new InputError(
    `prune ${pruner}: ${idle[0]} counts in training alone, so that what goes with its channels cannot be told; take another way to prune`,
  );
}

/**
 * The channels that a score can rank, by groups.
 *
 * @throws InputError for a net without any, and one with parameters that count in training alone.
 */
export function rankedGroups(compact: CompactNet, score: ChannelScore): Ranked[][] {
  const magnitudes = magnitudesOf(compact);
  expectAllUsed(compact.net, score.name);
  const groups = channelGroups(compact.net).map((group) =>
    group.channels.flatMap((channel): Ranked[] => {
      const value = score.score(channel, magnitudes);
      return value === undefined ? [] : [{ group, channel, score: value }];
    }),
  );
  const ranked = groups.filter(({ length }) => length > 0);
  if (ranked.length > 0) return ranked;
  throw new InputError(`prune ${score.name}: the net has no channels that it could rank`);
}

/** What goes with some channels. */
export const removalOf = (chosen: readonly Ranked[]): Removed =>
  mergedRemovals(chosen.map(({ group, channel }) => [group.name, numbersOf(group, [channel])]));
