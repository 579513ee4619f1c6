// Replicated SGD: replicas are pulled to their mean, ever harder, until they coincide in a wide
// minimum. Pittorino et al., "Entropic gradient descent algorithms and wide flat minima", 2020, arXiv
// 2006.07897. The pull is taken in its proximal form, which no strength makes unstable.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { Calibration, Coupling, Round } from "../coupling.js";
import { presence, presentOnes, towardsMean } from "./mixing.js";
import { start, strength } from "./settings.js";

/** Settings of {@link replicas}. */
export const replicasSettings = z.strictObject({
  gamma: z
    .union([strength(), z.literal("auto")])
    .default("auto")
    .describe("strength in the first epoch; auto: as much as the loss weighs in the first round"),
  growth: z.number().min(1).default(1e4).describe("factor of the strength over the whole run"),
  every: z.int().min(1).default(1).describe("local steps between two rounds"),
  start: start().default("own").describe("initial weights: shared, or each replica its own"),
});
export type ReplicasSettings = z.input<typeof replicasSettings>;

/** Smallest spread that the automatic strength is divided by. */
const SMALLEST_SPREAD = 1e-12;

/** Mean squared distance to the mean: half the mean of all squared distances of pairs. */
function spreadOf(round: Round, particles: readonly number[]): number {
  const squares = particles.flatMap((i) => particles.map((j) => round.distance(i, j) ** 2));
  return squares.reduce((sum, square) => sum + square, 0) / (2 * squares.length);
}

/** The strength at which the pull of the first round weighs as much as the loss. */
function balance(round: Round): Calibration {
  const particles = presentOnes(presence(round));
  if (particles.length === 0) return { gamma: 0 };
  const losses = particles.map((particle) => round.snapshots[particle].loss ?? 0);
  const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
  return { gamma: loss / Math.max(spreadOf(round, particles), SMALLEST_SPREAD) };
}

/**
 * Replicas whose distance to their mean shrinks by `1 / (1 + 2 lr gamma every)` each round; gamma is
 * multiplied by the same factor after each epoch. The mean is deployed.
 *
 * @throws InputError for a setting that is unknown or out of range.
 * @example
 * replicas({ gamma: 0.01 }).deploys; // "mean"
 */
export function replicas(settings: ReplicasSettings = {}): Coupling {
  const { gamma, growth, every, start } = parseSettings(replicasSettings, settings, "replicas");
  return {
    name: "replicas",
    source: "Pittorino et al. 2020, arXiv 2006.07897",
    needs: { scores: false, distances: false },
    start,
    every,
    deploys: "mean",
    ...(gamma === "auto" && { calibrate: balance }),
    move(round, self) {
      const { calibration, epoch, epochs, snapshots } = round;
      const first = gamma === "auto" ? calibration.gamma : gamma;
      const strength = 2 * snapshots[self].lr * first * growth ** (epoch / epochs) * every;
      return towardsMean(round, self, 1 - 1 / (1 + strength));
    },
  };
}
