// What nets train by that look for one net together, where nobody says otherwise.

import type { TrainSettings } from "../../train/index.js";

/** The batch that is shared; what learning rates are meant for. */
const WHOLE = 64;
/** Smaller batches are mostly noise, and slow. */
const SMALLEST = 8;

/** How many times the lowest of their rates the highest one is. */
export const SPREAD = 4;

/**
 * Nets share the batch of one: so each takes as many steps as one net would with all their gradients, and few images
 * are enough for several nets. Rates fall with the root of the batch.
 *
 * @example
 * sharedBatch(4); // { batch: 16, scale: "sqrt" }
 */
export const sharedBatch = (particles: number) =>
  ({
    batch: Math.max(SMALLEST, Math.round(WHOLE / particles)),
    scale: "sqrt",
  }) as const satisfies Partial<TrainSettings>;
