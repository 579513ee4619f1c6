// Settings for trials that begin anew beside others that stop early.

import { z } from "zod";
import { coordinatesOf, drawSettings } from "./cube.js";
import { tpeDefaults, tpeSettings } from "./samplers/tpe.js";
import { type Asked, hasEnded, type Told } from "./search.js";
import type { Settings } from "./space.js";

/** Where new settings come from. */
export const proposals = z
  .enum(["random", "tpe"])
  .default("random")
  .describe("where new settings come from");

/**
 * What trials came to at one level, the highest that has enough of them to learn from; losses of different ones cannot be
 * compared (Falkner, Klein, Hutter 2018, "BOHB", arXiv 1807.01774).
 */
function atOneLevel(told: readonly Told[], enough: number): readonly Told[] {
  const levels = [...new Set(told.map(({ until }) => until!))].sort((a, b) => b - a);
  const at = (level: number) => told.filter(({ until }) => until === level);
  const level =
    levels.find((one) => at(one).filter(hasEnded).length >= enough) ?? levels[levels.length - 1];
  return at(level);
}

/** Settings of a trial that begins anew. */
export function freshSettings(asked: Asked, how: z.output<typeof proposals>): Settings {
  const { space, told, number, random } = asked;
  if (how === "random") return drawSettings(space, random(number));
  const enough = Math.max(tpeDefaults.startup, coordinatesOf(space).length + 1);
  return tpeSettings({ ...asked, told: atOneLevel(told, enough) }, tpeDefaults);
}
