// Channels that can be removed, with all the places of parameters that go with each, in groups of like ones.

import type { Net } from "../../nn/index.js";
import { analyse, type Channels } from "./analyse.js";
import { STAYS } from "./ids.js";

/** Places of a parameter along one axis. */
export interface Member {
  readonly param: string;
  readonly axis: number;
  /** Rising. */
  readonly at: readonly number[];
}

/** What can only be removed together: a filter, its scale and shift, the inputs that it feeds, for example. */
export interface Channel {
  /** Parameters that make it or describe it. */
  readonly makers: readonly Member[];
  /** Inputs of parameters that take sums over it. */
  readonly takers: readonly Member[];
}

/** Channels with places along the same axes of the same parameters. */
export interface ChannelGroup {
  /** The first parameter whose outputs they are. */
  readonly name: string;
  readonly channels: readonly Channel[];
}

type Places = { readonly param: string; readonly axis: number; readonly at: number[] };

/** Every set of places of parameters that may go. */
function setsOf({ params, ids }: Channels): Map<number, Places[]> {
  const sets = new Map<number, Places[]>();
  for (const [param, marks] of params) {
    for (const [axis, places] of marks.entries()) {
      for (const [at, id] of (places ?? []).entries()) {
        const root = ids.rootOf(id);
        if (root === STAYS) continue;
        const members = sets.get(root) ?? [];
        sets.set(root, members);
        const last = members.at(-1);
        if (last?.param === param && last.axis === axis) last.at.push(at);
        else members.push({ param, axis, at: [at] });
      }
    }
  }
  return sets;
}

/** Groups of channels as an analysis has found them. */
export function groupsOf(channels: Channels): ChannelGroup[] {
  const { params, made, summed, ids } = channels;
  const sides = new Set([...summed].map((id) => ids.sideOf(id)));
  const idOf = ({ param, axis, at }: Member) => params.get(param)![axis]![at[0]];
  const groups = new Map<string, { name: string; channels: Channel[] }>();
  for (const members of setsOf(channels).values()) {
    const maker = members.find((member) => made.has(idOf(member)));
    if (!maker) continue;
    const key = members.map(({ param, axis }) => `${param}/${axis}`).join();
    const group = groups.get(key) ?? { name: maker.param, channels: [] };
    groups.set(key, group);
    const takers = members.filter((member) => sides.has(ids.sideOf(idOf(member))));
    group.channels.push({ makers: members.filter((one) => !takers.includes(one)), takers });
  }
  return [...groups.values()];
}

/**
 * The channels of a net that can be removed, those together that touch the same parameters. Through residual sums,
 * depthwise convolutions, normalisation, pooling, concatenation and flattening a channel stays one; what a group
 * normalisation takes statistics over goes as a whole. Channels of images and outputs of the net are in no group.
 *
 * @param net of a model, for training or not
 * @example
 * import { conv2d, relu } from "convoynet/nn";
 * const layer = sequential({ a: conv2d(4, 3), relu: relu(), b: conv2d(2, 3) });
 * const [group] = channelGroups(netOf({ layer, input: [1, 8, 8] }, 1, { training: false }));
 * [group.name, group.channels.length]; // ["a.weight", 4]
 * group.channels[3].makers; // [{ param: "a.weight", axis: 0, at: [3] }, { param: "a.bias", axis: 0, at: [3] }]
 * group.channels[3].takers; // [{ param: "b.weight", axis: 1, at: [3] }]
 */
export const channelGroups = (net: Net): ChannelGroup[] => groupsOf(analyse(net));
