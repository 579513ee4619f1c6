// Whole numbers: convolutions and linear layers of bytes, by the ranges that calibration has found.

import { z } from "zod";
import { pathOf } from "../../graph/index.js";
import { compacted, initialise } from "../../nn/index.js";
import { integerNet } from "../integers.js";
import { passKind } from "./pass.js";

const range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low <= high && Number.isFinite(Math.fround(high - low)), {
    error: "expected the least number first, and a span that f32 holds",
  })
  .readonly();

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
      const small = compacted(net);
      let w: Float32Array | undefined;
      const start = () => (w ??= initialise(small, 0));
      return integerNet(small, start, new Map(known), { keep: keep.filter(there) });
    };
  },
});
