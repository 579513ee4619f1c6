// Gates of channels, which training may shut: the net can be trained on.

import { z } from "zod";
import { gateChannels } from "../gates/index.js";
import { passKind } from "./pass.js";

export const gatesPass = passKind({
  name: "gates",
  settings: {
    /** Names of the parameters of gates. */
    of: z.array(z.string()).readonly(),
  },
  trains: true,
  // The body of a model alone lacks layers of its head.
  make: ({ of }) => gateChannels(of),
});
