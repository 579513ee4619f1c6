// Which gate stands before which inputs of a net's weights: one for each channel that can be removed.

import type { Net } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { type ChannelGroup, channelGroups, type Member, numbersOf } from "../channels/index.js";

/** Gates in a row: `times` inputs for each of `count` gates of a group from `first`; inputs without a gate have no group. */
export interface GateRun {
  readonly name?: string;
  readonly first: number;
  readonly count: number;
  readonly times: number;
}

/** The inputs along an axis of weights. */
export interface GatedAxis {
  readonly param: string;
  readonly axis: number;
  readonly runs: readonly GateRun[];
}

/** The gates of a group of channels, which are one parameter. */
export interface GateGroup {
  /** Name of the parameter. */
  readonly name: string;
  readonly channels: number;
  /** Numbers that go with all of the channels, each counted for the channels that make and for those that take it. */
  readonly size: number;
}

/** All gates of a net. */
export interface Gates {
  readonly groups: readonly GateGroup[];
  readonly axes: readonly GatedAxis[];
}

/** The gate of an input: the group's name, and the number of the channel in it. */
type Gate = readonly [name: string, channel: number];

/** Groups may lie in the outputs of the same weights. */
function gateName(group: ChannelGroup): string {
  const [first] = numbersOf(group, group.channels.slice(0, 1));
  return first === 0 ? `${group.name}.gate` : `${group.name}.gate.${first}`;
}

const lengthOf = (of: readonly (Gate | undefined)[], from: number, gate: Gate | undefined) => {
  let to = from;
  while (to < of.length && of[to]?.[0] === gate?.[0] && of[to]?.[1] === gate?.[1]) to++;
  return to - from;
};

/** Inputs in runs: as many as possible for each of gates that follow each other. */
function runsOf(of: readonly (Gate | undefined)[]): GateRun[] {
  const runs: GateRun[] = [];
  for (let at = 0; at < of.length; ) {
    const gate = of[at];
    const times = lengthOf(of, at, gate);
    const [name, first] = gate ?? [undefined, 0];
    let count = 1;
    at += times;
    while (gate && lengthOf(of, at, [gate[0], first + count]) === times) {
      count++;
      at += times;
    }
    runs.push({ name, first, count, times });
  }
  return runs;
}

/** Numbers of trained parameters at the places of members. */
function numbersAt({ layout }: Net, members: readonly Member[]): number {
  const params = new Map(layout.params.map((param) => [param.name, param]));
  return members.reduce((sum, { param, axis, at }) => {
    const { shape, kind } = params.get(param)!;
    return sum + (kind === "statistic" ? 0 : (at.length * sizeOf(shape)) / shape[axis]);
  }, 0);
}

/**
 * The gates that a net can have: one for each channel of {@link channelGroups} that something takes sums over.
 *
 * @param names of those to look for; default all
 */
export function gatesOf(net: Net, names?: readonly string[]): Gates {
  const groups: GateGroup[] = [];
  const shapes = new Map(net.layout.params.map(({ name, shape }) => [name, shape]));
  const places = new Map<string, { param: string; axis: number; of: (Gate | undefined)[] }>();
  for (const group of channelGroups(net)) {
    const { channels } = group;
    const name = gateName(group);
    const isSeen = channels.every(({ takers }) => takers.length > 0);
    if (!isSeen || (names && !names.includes(name))) continue;
    const members = channels.flatMap(({ makers, takers }) => [...makers, ...takers]);
    groups.push({ name, channels: channels.length, size: numbersAt(net, members) });
    for (const [channel, { takers }] of channels.entries()) {
      for (const { param, axis, at } of takers) {
        const key = `${param}/${axis}`;
        const length = shapes.get(param)![axis];
        const own = places.get(key) ?? { param, axis, of: new Array(length).fill(undefined) };
        places.set(key, own);
        for (const place of at) own.of[place] = [name, channel];
      }
    }
  }
  const axes = [...places.values()].map(({ of, ...rest }) => ({ ...rest, runs: runsOf(of) }));
  return { groups, axes };
}
