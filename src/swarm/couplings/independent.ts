// Particles that train beside each other and never meet: what every coupling is compared with.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import { type Coupling, stay } from "../coupling.js";
import { SPREAD } from "./shared.js";

/** None. */
export const independentSettings = z.strictObject({});

/** Each particle stays where its own training leads; the best one is deployed. */
export function independent(settings: z.input<typeof independentSettings> = {}): Coupling {
  parseSettings(independentSettings, settings, "independent");
  return {
    name: "independent",
    source: "plain training, for comparison",
    needs: { scores: true, distances: false },
    every: "epoch",
    movesFrom: Number.POSITIVE_INFINITY,
    deploys: "best",
    spread: SPREAD,
    move: (_, self) => stay(self),
  };
}
