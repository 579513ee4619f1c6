// Masks whose weights have scores, in training: the net can be trained on.

import { z } from "zod";
import { scoreMasks } from "../channels/index.js";
import { passKind } from "./pass.js";

export const scoresPass = passKind({
  name: "scores",
  settings: {
    /** Names of the parameters, which have masks. */
    of: z.array(z.string()).readonly(),
  },
  trains: true,
  hides: true,
  make:
    ({ of }) =>
    (net, options) =>
      // The body of a model alone lacks layers of its head.
      scoreMasks(of.filter((name) => net.params.has(name)))(net, options),
});
