// The registry of scores. A new one is its file and one line here.

import { byName } from "../../text/words.js";
import { filters } from "./filters.js";
import type { ChannelScore } from "./score.js";
import { slimming } from "./slimming.js";

export { chooseChannels } from "./choose.js";
export type { ChannelScore, Magnitudes } from "./score.js";

/** Every way to rank channels. */
export const channelScores: readonly ChannelScore[] = [filters, slimming];

/**
 * A score by name.
 *
 * @throws InputError for an unknown name, with the nearest known one.
 * @example
 * getScore("slimming").among; // "net"
 */
export const getScore = (name: string): ChannelScore => byName("score", name, channelScores);
