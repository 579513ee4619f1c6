// Whole numbers: convolutions and linear layers of bytes, by the ranges that calibration has found.

import { z } from "zod";
import { pathOf } from "../../graph/index.js";
import { compact, type Net } from "../../nn/index.js";
import { integers } from "../integers.js";
import { passKind } from "./pass.js";

const range = z.tuple([z.number(), z.number()]).readonly();

/** The net alone, whose structure no number of the vector has a part in. */
const compacted = (net: Net) => compact(net, new Float32Array(net.layout.length));

export const integersPass = passKind({
  name: "integers",
  settings: {
    /** The run or file of the net before, which can still be trained. */
    of: z.string(),
    /** Least and largest number of each value, by the value's name. */
    ranges: z.record(z.string(), range).readonly(),
    /** Layers that stay in f32. */
    keep: z.array(z.string()).readonly(),
  },
  trains: false,
  make({ ranges, keep }) {
    const known = Object.entries(ranges).map(
      ([name, [low, high]]) => [name, { low, high }] as const,
    );
    return (net) => {
      // The body of a model alone lacks layers of its head.
      const there = (path: string) => [...net.params.keys()].some((name) => pathOf(name) === path);
      return integers(compacted(net), new Map(known), { keep: keep.filter(there) }).net;
    };
  },
});
