// Channels that nothing takes notice of, and the net without them.

import type { CompactNet } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Removed } from "./gone.js";
import { type Channel, type ChannelGroup, channelGroups, type Member } from "./groups.js";
import { withoutChannels } from "./remove.js";

/** Places along an axis of a parameter where any number is not 0. */
function inUse({ net, w }: CompactNet, { param, axis }: Member): Uint8Array {
  const { shape, offset } = net.layout.params.find(({ name }) => name === param)!;
  const inner = sizeOf(shape.slice(axis + 1));
  const used = new Uint8Array(shape[axis]);
  for (let from = 0; from < sizeOf(shape); from += inner) {
    const numbers = w.subarray(offset + from, offset + from + inner);
    if (numbers.some((number) => number !== 0)) used[(from / inner) % shape[axis]] = 1;
  }
  return used;
}

/** Numbers of the outputs that make channels of a group. */
export const numbersOf = ({ name }: ChannelGroup, channels: readonly Channel[]): number[] =>
  channels.flatMap(({ makers }) => makers.find(({ param }) => param === name)!.at);

/** Removals in one: several groups may lie in the outputs of the same weights. */
export function mergedRemovals(parts: readonly (readonly [string, readonly number[]])[]): Removed {
  const removed: Record<string, number[]> = {};
  for (const [name, numbers] of parts) {
    if (numbers.length > 0) removed[name] = [...(removed[name] ?? []), ...numbers];
  }
  for (const numbers of Object.values(removed)) numbers.sort((a, b) => a - b);
  return removed;
}

/**
 * Channels that nothing takes notice of: all weights that they are multiplied by are 0. One of each group stays.
 *
 * @example
 * import { conv2d } from "convoynet/nn";
 * const layer = sequential({ a: conv2d(4, 1), b: conv2d(1, 1) });
 * const net = netOf({ layer, input: [1, 8, 8] }, 1, { training: false });
 * const w = initialise(net, 1);
 * w.set([1, 0, 0, 1], 8);
 * deadChannels({ net, w }); // { "a.weight": [1, 2] }
 */
export function deadChannels(compact: CompactNet): Removed {
  const known = new Map<string, Uint8Array>();
  const used = (member: Member) => {
    const key = `${member.param}/${member.axis}`;
    const found = known.get(key) ?? inUse(compact, member);
    known.set(key, found);
    return member.at.some((at) => found[at]);
  };
  return mergedRemovals(
    channelGroups(compact.net).map((group) => {
      const dead = group.channels.filter(({ takers }) => !takers.some(used));
      const all = dead.length === group.channels.length;
      return [group.name, numbersOf(group, all ? dead.slice(1) : dead)];
    }),
  );
}

/**
 * The net without channels that nothing takes notice of: behind `compact`, masks become smaller layers. It gives what the
 * net given gives.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const passes = [maskChannels({ "conv1.weight": [0, 5] })];
 * const net = netOf(model, 1, { training: false, passes });
 * const small = shrink(compact(net, initialise(net, 1)));
 * small.net.params.get("conv1.weight")?.shape; // [4, 1, 5, 5]
 */
export function shrink(compact: CompactNet): CompactNet {
  const removed = deadChannels(compact);
  // What is gone may have been all that took notice of others.
  return Object.keys(removed).length === 0 ? compact : shrink(withoutChannels(compact, removed));
}
