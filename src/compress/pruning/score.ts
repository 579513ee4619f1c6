// How little a channel of a net counts.

import type { ParamKind } from "../../graph/index.js";
import type { CompactNet } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Channel, Member } from "../channels/index.js";

/** What a score may look at: how large the numbers of a net's parameters are. */
export interface Magnitudes {
  readonly kindOf: (member: Member) => ParamKind;
  /** Sum of the magnitudes of the numbers at a member's places. */
  readonly of: (member: Member) => number;
}

/** A way to rank channels. A new one is a file with such a record and a line in the index. */
export interface ChannelScore {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** Which channels are ranked against each other: those of each group, or all of the net. */
  readonly among: "group" | "net";
  /** The lower, the sooner it goes; `undefined` where it says nothing. */
  readonly score: (channel: Channel, magnitudes: Magnitudes) => number | undefined;
}

/** Magnitudes along an axis of a parameter, one for each place. */
function sumsAlong({ net, w }: CompactNet, param: string, axis: number): Float64Array {
  const { shape, offset } = net.layout.params.find(({ name }) => name === param)!;
  const inner = sizeOf(shape.slice(axis + 1));
  const sums = new Float64Array(shape[axis]);
  for (let from = 0; from < sizeOf(shape); from += inner) {
    for (let at = from; at < from + inner; at++) {
      sums[(from / inner) % shape[axis]] += Math.abs(w[offset + at]);
    }
  }
  return sums;
}

/** The magnitudes of a net's parameters, each worked out once. */
export function magnitudesOf(compact: CompactNet): Magnitudes {
  const kinds = new Map(compact.net.layout.params.map(({ name, kind }) => [name, kind]));
  const known = new Map<string, Float64Array>();
  return {
    kindOf: ({ param }) => kinds.get(param)!,
    of({ param, axis, at }) {
      const key = `${param}/${axis}`;
      const sums = known.get(key) ?? sumsAlong(compact, param, axis);
      known.set(key, sums);
      return at.reduce((sum, place) => sum + sums[place], 0);
    },
  };
}
