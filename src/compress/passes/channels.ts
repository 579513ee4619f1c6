// Channels that are removed: the net can be trained on.

import { z } from "zod";
import { removeChannels } from "../channels/index.js";
import { passKind } from "./pass.js";

export const channelsPass = passKind({
  name: "channels",
  settings: {
    /** Numbers of outputs by the names of the weights that make them. */
    removed: z.record(z.string(), z.array(z.int().min(0)).readonly()).readonly(),
  },
  trains: true,
  // The body of a model alone lacks layers of its head.
  make: ({ removed }) => removeChannels(removed, { part: true }),
});
