// Weights that share their numbers: the net can be trained on.

import { z } from "zod";
import { centroidsName, MOST_CENTROIDS, shareWeights } from "../sharing/index.js";
import { passKind } from "./pass.js";

export const sharePass = passKind({
  name: "share",
  settings: {
    /** How many numbers parameters share, by their names. */
    centroids: z.record(z.string(), z.int().min(1).max(MOST_CENTROIDS)).readonly(),
  },
  trains: true,
  weightsAre: "numbers of a table",
  fault({ centroids }, tensors) {
    for (const [name, count] of Object.entries(centroids)) {
      // A net in whole numbers has taken its tables in.
      if (!tensors.has(centroidsName(name))) continue;
      const wrong = tensors
        .get(name)
        ?.data.find((number) => !(Number.isInteger(number) && number >= 0 && number <= count));
      if (wrong !== undefined)
        return `"${name}" has number ${wrong} of a table of ${count}; expected 0 to ${count}`;
    }
    return undefined;
  },
  make:
    ({ centroids }) =>
    (net) => {
      // The body of a model alone lacks layers of its head.
      const there = Object.entries(centroids).filter(([name]) => net.params.has(name));
      return shareWeights(Object.fromEntries(there))(net);
    },
});
