// The net of a run with its best weights, as those who change it take it.

import { type CompactNet, netOf } from "../../nn/index.js";
import type { Trained } from "../trained.js";

/** A run's net, built for inference on one image, and all its numbers. */
export const wholeOf = async (net: Trained): Promise<CompactNet> => ({
  net: netOf(net.model, 1, { training: false }),
  w: await net.w.read(),
});
