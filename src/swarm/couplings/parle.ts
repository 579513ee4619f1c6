// Parle: replicas that each look for a wide minimum (Entropy-SGD) and are pulled together rarely.
// Chaudhari et al., "Parle: parallelizing stochastic gradient descent", 2017, arXiv 1707.00424.
//
// This is its elastic part. The inner chains belong to the optimizer: a particle's position in a round
// is its anchor after the outer update, hence `every` has to be a multiple of the chain's length.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { Coupling } from "../coupling.js";
import { towardsMean } from "./mixing.js";
import { start, strength } from "./settings.js";

/** Settings of {@link parle}. */
export const parleSettings = z.strictObject({
  rho: strength()
    .default(0.01)
    .describe("strength in the first round, for each local step and each replica"),
  growth: strength().default(0.5).describe("growth of the strength in an epoch's number of rounds"),
  most: strength().default(10).describe("largest strength"),
  every: z.int().min(1).default(25).describe("local steps between two rounds"),
  start: start().default("own").describe("initial weights: shared, or each replica its own"),
});
export type ParleSettings = z.input<typeof parleSettings>;

/**
 * Anchors that go the share `lr rho` of their way to the mean of all, at most all of it. After each
 * round rho grows by the factor `1 + growth / steps of an epoch`. The mean is deployed.
 *
 * @throws InputError for a setting that is unknown or out of range.
 * @example
 * parle({ every: 10 }).deploys; // "mean"
 */
export function parle(settings: ParleSettings = {}): Coupling {
  const { rho, growth, most, every, start } = parseSettings(parleSettings, settings, "parle");
  return {
    name: "parle",
    source: "Chaudhari et al. 2017, arXiv 1707.00424",
    needs: { scores: false, distances: false },
    start,
    every,
    deploys: "mean",
    move(round, self) {
      const { number, total, epochs, snapshots } = round;
      const stepsPerEpoch = (total * every) / epochs;
      const first = rho * every * snapshots.length;
      const strength = Math.min(first * (1 + growth / stepsPerEpoch) ** number, most);
      return towardsMean(round, self, Math.min(snapshots[self].lr * strength, 1));
    },
  };
}
