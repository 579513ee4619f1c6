// What the nets of a search may cost: a trial beyond its budget is never trained, and never proposed.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import { createModel } from "../../models/index.js";
import { drawSettings } from "../../search/cube.js";
import { type Excess, nearestWithin, type Settings, type Space } from "../../search/index.js";
import { randomOf } from "../../search/search.js";
import { keyOf } from "../../search/space.js";
import { grouped } from "../../text/format.js";
import { byName } from "../../text/words.js";
import { costs } from "./costs.js";

const count = z.int().min(1);

/** What nets may cost. */
export const budgetSchema = z.strictObject({
  /** The most of each cost by its name; what is not named is not bounded. */
  most: z.record(z.string(), z.number().positive()),
  /** What the nets are laid out for. */
  input: z.strictObject({ channels: count, height: count, width: count, outputs: count }),
});

export type Budget = z.output<typeof budgetSchema>;

/** What nets of settings cost. */
export interface Pricing {
  readonly space: Space;
  readonly budget: Budget;
  /** The name of the model that settings of a trial make. */
  modelOf(settings: Settings): string | undefined;
}

/** Costs of the models of a search by name, each worked out once. */
function costsOf({ budget: { most, input }, space, modelOf }: Pricing) {
  const bounded = Object.keys(most).map((name) => byName("cost", name, costs));
  const known = new Map<string, readonly number[]>();
  return (settings: Settings): readonly number[] => {
    const key = keyOf(space, settings);
    const found =
      known.get(key) ?? bounded.map((cost) => cost.of(createModel(modelOf(settings)!, input)));
    known.set(key, found);
    return found;
  };
}

/** How far settings are beyond a budget: the cost that is furthest, as a multiple of what is allowed. */
export function excessOf(pricing: Pricing): Excess {
  const of = costsOf(pricing);
  const limits = Object.values(pricing.budget.most);
  return (settings) => Math.max(...of(settings).map((cost, at) => cost / limits[at]));
}

/** Where nets within a budget are looked for, from as many random ones. */
const STARTS = 4;

/**
 * Checks that a budget can be met.
 *
 * @throws InputError for a cost that is unknown, settings that name no model, and when no net is within it, with the nearest one.
 */
export function checkBudget(pricing: Pricing): void {
  const { space, modelOf } = pricing;
  const limits = Object.entries(pricing.budget.most);
  const excess = excessOf(pricing);
  const random = randomOf(0);
  const found = Array.from({ length: STARTS }, (_, start) => {
    const stream = random(start);
    return nearestWithin(space, drawSettings(space, stream), excess, stream);
  });
  const [nearest] = found.sort((a, b) => excess(a) - excess(b));
  if (excess(nearest) <= 1) return;
  const values = costsOf(pricing)(nearest).map((value, at) => `${limits[at][0]} ${grouped(value)}`);
  const allowed = limits.map(([name, limit]) => `${name} ${grouped(limit)}`);
  throw new InputError(
    `budget: no net was found that has at most ${allowed.join(" and ")}; the nearest, ${modelOf(nearest)}, has ${values.join(" and ")}`,
  );
}
