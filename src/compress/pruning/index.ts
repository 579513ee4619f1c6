// The registry of ways to prune. A new one is its file and one line here.

import { byName } from "../../text/words.js";
import { filters } from "./filters.js";
import { lowRankPruner } from "./lowRank.js";
import { magnitude, random } from "./magnitude.js";
import { channelPruner, type Pruner } from "./pruner.js";
import { slimming } from "./slimming.js";

export { chooseChannels } from "./choose.js";
export { filters } from "./filters.js";
export { greedyChannels, type LossWithout } from "./greedy.js";
export { type Pruned, type Pruner, sharesOf } from "./pruner.js";
export type { ChannelScore, Magnitudes } from "./score.js";
export { slimming } from "./slimming.js";

/** Every way to prune. */
export const pruners: readonly Pruner[] = [
  ...[filters, slimming].map(channelPruner),
  lowRankPruner,
  magnitude,
  random,
];

/**
 * A way to prune by name.
 *
 * @throws InputError for an unknown name, with the nearest known one.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = netOf(model, 1, { training: false });
 * const { small } = getPruner("filters").prune({ net, w: initialise(net, 1) }, 0.5);
 * small.w.length; // 15738
 */
export const getPruner = (name: string): Pruner => byName("way to prune", name, pruners);
