export type { Removed } from "./gone.js";
export { type Channel, type ChannelGroup, channelGroups, type Member } from "./groups.js";
export { maskChannels, maskName, maskWeights } from "./masks.js";
export { type RemoveOptions, removeChannels, withoutChannels } from "./remove.js";
export { scoreMasks, scoreName } from "./scores.js";
export { deadChannels, mergedRemovals, numbersOf, shrink } from "./shrink.js";
