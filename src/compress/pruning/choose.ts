// Which channels go, by a score and a share.

import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import type { ChannelGroup, Removed } from "../channels/index.js";
import { type Ranked, rankedGroups, removalOf, rising } from "./ranked.js";
import type { ChannelScore } from "./score.js";

/** A share of some channels, the lowest ones, of which one of each group stays. */
function lowest(ranked: readonly Ranked[], share: number): Ranked[] {
  const left = new Map<ChannelGroup, number>();
  for (const { group } of ranked) left.set(group, group.channels.length);
  const wanted = Math.round(share * ranked.length);
  const chosen: Ranked[] = [];
  for (const one of rising(ranked)) {
    const others = left.get(one.group)! - 1;
    if (chosen.length === wanted || others === 0) continue;
    left.set(one.group, others);
    chosen.push(one);
  }
  return chosen;
}

/**
 * The channels of a net that a score ranks lowest. One of each group stays.
 *
 * @param share of the channels, above 0 and below 1: of each group, or of the whole net, as the score has it
 * @throws InputError for a share that is none, and for a net without channels that the score can rank.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = netOf(model, 1, { training: true });
 * const removed = chooseChannels({ net, w: initialise(net, 1) }, filters, 0.5);
 * Object.entries(removed).map(([name, numbers]) => [name, numbers.length]);
 * // [["conv1.weight", 3], ["conv2.weight", 8], ["fc1.weight", 60], ["fc2.weight", 42]]
 */
export function chooseChannels(compact: CompactNet, score: ChannelScore, share: number): Removed {
  if (!(share > 0 && share < 1)) {
    throw new InputError(
      `prune ${score.name}: expected a share above 0 and below 1, found ${share}`,
    );
  }
  const groups = rankedGroups(compact, score);
  const among = score.among === "net" ? [groups.flat()] : groups;
  return removalOf(among.flatMap((ranked) => lowest(ranked, share)));
}
