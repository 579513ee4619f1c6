// Decentralised parallel SGD: every learner mixes its weights with one or a few others instead of
// waiting for all. Lian et al., "Can Decentralized Algorithms Outperform Centralized Algorithms?",
// 2017, arXiv 1705.09056; its noise at large rates: Zhang et al. 2021, arXiv 2112.01433.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import { type Coupling, stay } from "../coupling.js";
import { isAlone, presence, simplified, termsOf } from "./mixing.js";
import { interval } from "./settings.js";
import { topologyOf, topologySetting } from "./topology.js";

/** Settings of {@link gossip}. */
export const gossipSettings = z.strictObject({
  topology: topologySetting
    .default("matching")
    .describe("matching, ring, full, { edges } of a graph, or { matrix }"),
  mix: z
    .enum(["before", "position"])
    .default("before")
    .describe("before: mix, then subtract the steps; position: the other way round"),
  every: interval().default(1).describe("local steps between two rounds"),
});
export type GossipSettings = z.input<typeof gossipSettings>;

/**
 * Learners that mix with their neighbours in a topology. By default a gradient is taken before mixing
 * and subtracted after it, `w_j <- sum C_jk before_k + (position_j - before_j)`, so that mixing and
 * training may overlap. The optimizer's state stays with its learner.
 *
 * @throws InputError for a setting that is unknown or out of range.
 * @throws InputError for a topology that is not known.
 * @example
 * gossip({ topology: "ring" }).deploys; // "mean"
 */
export function gossip(settings: GossipSettings = {}): Coupling {
  const parsed = parseSettings(gossipSettings, settings, "gossip");
  const { mix, every } = parsed;
  const topology = topologyOf(parsed.topology);
  return {
    name: "gossip",
    source: "Lian et al. 2017, arXiv 1705.09056",
    needs: { scores: false, distances: false },
    every,
    deploys: "mean",
    check: (particles) => topology.check?.(particles),
    move(round, self, _, shared) {
      if (isAlone(round, self)) return stay(self);
      const mixed = termsOf(mix, topology.row(self, presence(round), shared));
      if (mix === "position") return simplified(mixed);
      const unmixed = termsOf("before", [{ particle: self, weight: -1 }]);
      return simplified([...stay(self), ...unmixed, ...mixed]);
    },
  };
}
