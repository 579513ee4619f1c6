// Weights that count as 0 by masks, which lie with them: the net can be trained on.

import { z } from "zod";
import { maskWeights } from "../channels/index.js";
import { passKind } from "./pass.js";

export const masksPass = passKind({
  name: "masks",
  settings: {
    /** Shapes of the masks by the names of parameters. */
    masks: z.record(z.string(), z.array(z.int().min(1)).readonly()).readonly(),
  },
  trains: true,
  hides: true,
  make:
    ({ masks }) =>
    (net) => {
      // The body of a model alone lacks layers of its head.
      const there = Object.entries(masks).filter(([name]) => net.params.has(name));
      return maskWeights(Object.fromEntries(there))(net);
    },
});
