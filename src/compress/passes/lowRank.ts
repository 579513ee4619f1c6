// Layers of low rank: the net can be trained on.

import { z } from "zod";
import { lowRank } from "../lowRank/index.js";
import { passKind } from "./pass.js";

export const lowRankPass = passKind({
  name: "low-rank",
  settings: {
    /** Ranks by the names of the weights that were whole before. */
    ranks: z.record(z.string(), z.int().min(1)).readonly(),
  },
  trains: true,
  // The body of a model alone lacks layers of its head.
  make: ({ ranks }) => lowRank(ranks, { part: true }),
});
