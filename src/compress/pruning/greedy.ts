// How many channels of each group go is found by trying (He et al. 2018, AMC, arXiv 1802.03494, with a greedy search in place of
// the agent that learns to choose): an eighth of a group at a time, the one by which the loss rises least for the
// multiply-adds that it saves.

import { graphMacs } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import { percent } from "../../text/format.js";
import { type Removed, withoutChannels } from "../channels/index.js";
import { type Ranked, rankedGroups, removalOf, rising } from "./ranked.js";
import type { ChannelScore } from "./score.js";

/** Part of a group's channels that goes at once. */
const PART = 1 / 8;

/** A net without some channels. */
interface Tried {
  readonly chosen: readonly Ranked[];
  readonly macs: number;
  readonly loss: number;
}

/** The loss of a net without some channels. */
export type LossWithout = (removed: Removed, small: CompactNet) => Promise<number>;

/**
 * Channels of a net that a score ranks lowest, of each group as many as the loss bears, until so much of the multiply-adds is left. One
 * channel of each group stays.
 *
 * @param left share of the multiply-adds that may be left, above 0 and below 1
 * @throws InputError for a share that is none, one that is too small for the net, and a net without channels that the score
 * can rank.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = netOf(model, 1, { training: false });
 * const w = initialise(net, 1);
 * // As if the loss rose with every channel of the first layer alone.
 * const lossOf = async (removed: Readonly<Record<string, readonly number[]>>) => removed["conv1.weight"]?.length ?? 0;
 * const removed = await greedyChannels({ net, w }, getPruner("filters").score!, 0.6, lossOf);
 * Object.keys(removed).includes("conv1.weight"); // false
 */
export async function greedyChannels(
  whole: CompactNet,
  score: ChannelScore,
  left: number,
  lossOf: LossWithout,
): Promise<Removed> {
  if (!(left > 0 && left < 1)) {
    throw new InputError(
      `prune ${score.name}: expected a share of the multiply-adds above 0 and below 1, found ${left}`,
    );
  }
  const macs = graphMacs(whole.net.graph);
  const groups = rankedGroups(whole, score).map(rising);
  const gone = groups.map(() => 0);
  const attempt = async (chosen: readonly Ranked[]): Promise<Tried> => {
    const removed = removalOf(chosen);
    const small = withoutChannels(whole, removed);
    return { chosen, macs: graphMacs(small.net.graph), loss: await lossOf(removed, small) };
  };
  let now: Tried = { chosen: [], macs, loss: await lossOf({}, whole) };
  while (now.macs > left * macs) {
    let best:
      | (Tried & { readonly at: number; readonly count: number; readonly price: number })
      | undefined;
    for (const [at, group] of groups.entries()) {
      const count = Math.max(1, Math.round(PART * group.length));
      if (gone[at] + count >= group.length) continue;
      const more = group.slice(gone[at], gone[at] + count);
      const tried = await attempt([...now.chosen, ...more]);
      if (tried.macs >= now.macs) continue;
      const price = (tried.loss - now.loss) / (now.macs - tried.macs);
      if (!best || price < best.price) best = { ...tried, at, count, price };
    }
    if (!best) {
      throw new InputError(
        `prune ${score.name}: ${percent(left)} of the multiply-adds is too little; about ${percent(now.macs / macs)} is left when of each group an eighth stays`,
      );
    }
    gone[best.at] += best.count;
    now = best;
  }
  return removalOf(now.chosen);
}
