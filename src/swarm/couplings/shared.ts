// What nets train by that look for one net together, where nobody says otherwise.

import type { TrainConfig, TrainSettings } from "../../train/index.js";

/** Smaller batches are mostly noise, and slow. */
const SMALLEST = 8;

/** How many times the lowest of their rates the highest one is. */
export const SPREAD = 4;

/**
 * Nets share the batch of one: so each takes as many steps as one net would with all their gradients, and few images
 * are enough for several nets. Rates fall with the root of the batch.
 *
 * @param usual the batch of one net, which is shared, and how many share it
 * @example
 * sharedBatch({ batch: 64, particles: 4 }); // { batch: 16, scale: "sqrt" }
 */
export const sharedBatch = ({ batch, particles }: Pick<TrainConfig, "batch" | "particles">) =>
  ({
    batch: Math.max(SMALLEST, Math.round(batch / particles)),
    scale: "sqrt",
  }) as const satisfies Partial<TrainSettings>;
