// Weights that share their numbers: the net can be trained on.

import { z } from "zod";
import { MOST_CENTROIDS, shareWeights } from "../sharing/index.js";
import { passKind } from "./pass.js";

export const sharePass = passKind({
  name: "share",
  settings: {
    /** How many numbers parameters share, by their names. */
    centroids: z.record(z.string(), z.int().min(1).max(MOST_CENTROIDS)).readonly(),
  },
  trains: true,
  weightsAre: "numbers of a table",
  make:
    ({ centroids }) =>
    (net) => {
      // The body of a model alone lacks layers of its head.
      const there = Object.entries(centroids).filter(([name]) => net.params.has(name));
      return shareWeights(Object.fromEntries(there))(net);
    },
});
