// When the particles of a swarm meet, counted in local steps.

import type { Coupling } from "./coupling.js";

/** How long a run is. */
export interface Length {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/**
 * Rounds of a run, of which the one after the last epoch is not played.
 *
 * @example
 * roundsIn("epoch", { epochs: 5, stepsPerEpoch: 7 }); // 5
 * roundsIn(10, { epochs: 5, stepsPerEpoch: 7 }); // 4
 */
export const roundsIn = (every: Coupling["every"], { epochs, stepsPerEpoch }: Length): number =>
  every === "epoch" ? epochs : Math.ceil((epochs * stepsPerEpoch) / every);

/**
 * Whether an epoch was evaluated since the round before the one after so many steps of the run. One that ends with
 * the round itself is evaluated behind it.
 *
 * @example
 * [4, 8, 12].map((steps) => seesEpoch(4, steps, 7)); // [false, true, false]
 */
export function seesEpoch(every: Coupling["every"], steps: number, stepsPerEpoch: number): boolean {
  if (every === "epoch") return true;
  const evaluated = (done: number) => Math.max(0, Math.floor((done - 1) / stepsPerEpoch));
  return evaluated(steps) > evaluated(steps - every);
}
