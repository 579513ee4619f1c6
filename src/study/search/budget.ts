// What the nets of a search may cost: a trial beyond its budget is never trained, and never proposed.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import { createModel, type Model, type ModelFamily } from "../../models/index.js";
import { drawSettings } from "../../search/cube.js";
import { type Excess, nearestWithin, type Settings, type Space } from "../../search/index.js";
import { randomOf } from "../../search/search.js";
import { keyOf } from "../../search/space.js";
import { grouped } from "../../text/format.js";
import { byName } from "../../text/words.js";
import { costs, totalsOf } from "./costs.js";
import type { LatencyTable } from "./latencyTable.js";

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
  readonly table: LatencyTable;
  /** Models beside those of the registry. */
  readonly own?: readonly ModelFamily[];
  /** The name of the model that settings of a trial make. */
  modelOf(settings: Settings): string | undefined;
}

/** A cost that is bounded, of the settings of a trial; each is worked out once. */
interface Bounded {
  readonly name: string;
  readonly most: number;
  of(settings: Settings): number;
}

/** What is measured, by the layers of a net, and not counted. */
const LATENCY = { name: "latency" };

/** What `of` gives for the model of settings, worked out once. */
function once<T>({ budget, space, own, modelOf }: Pricing, of: (model: Model) => T) {
  const known = new Map<string, T>();
  return (settings: Settings): T => {
    const key = keyOf(space, settings);
    const found = known.get(key) ?? of(createModel(modelOf(settings)!, budget.input, own));
    known.set(key, found);
    return found;
  };
}

/** Bounded costs; latency is last, since layers have to be measured for it. */
function boundedBy(pricing: Pricing): Bounded[] {
  const { most } = pricing.budget;
  for (const name of Object.keys(most)) byName("cost", name, [...costs, LATENCY]);
  const totals = once(pricing, totalsOf);
  const all = [
    ...costs.map(({ name, of }) => ({ name, of: (settings: Settings) => of(totals(settings)) })),
    { ...LATENCY, of: once(pricing, (model) => pricing.table.of(model)) },
  ];
  return all.flatMap((cost) => {
    const limit = most[cost.name];
    return limit === undefined ? [] : [{ ...cost, most: limit }];
  });
}

/**
 * How far settings are beyond a budget: the cost that is furthest, as a multiple of what is allowed. Where those that are
 * counted are beyond, nothing is measured.
 */
export function excessOf(pricing: Pricing): Excess {
  const bounded = boundedBy(pricing);
  return (settings) =>
    bounded.reduce(
      (worst, { name, most, of }) =>
        name === LATENCY.name && worst > 1 ? worst : Math.max(worst, of(settings) / most),
      0,
    );
}

/** Counts in full, milliseconds with their decimals. */
const figure = (value: number): string =>
  Number.isInteger(value) ? grouped(value) : `${Number(value.toPrecision(3))}`;

/** Where nets within a budget are looked for, from as many random ones. */
const STARTS = 4;

/**
 * Checks that a budget can be met.
 *
 * @throws InputError for a cost that is unknown, settings that name no model, and when no net is within it, with the nearest one.
 */
export function checkBudget(pricing: Pricing): void {
  const { space, modelOf } = pricing;
  const excess = excessOf(pricing);
  const random = randomOf(0);
  const found = Array.from({ length: STARTS }, (_, start) => {
    const stream = random(start);
    return nearestWithin(space, drawSettings(space, stream), excess, stream);
  });
  const [nearest] = found.sort((a, b) => excess(a) - excess(b));
  if (excess(nearest) <= 1) return;
  const limits = boundedBy(pricing);
  const allowed = limits.map(({ name, most }) => `${name} ${figure(most)}`);
  const values = limits.map(({ name, of }) => `${name} ${figure(of(nearest))}`);
  throw new InputError(
    `budget: no net was found that has at most ${allowed.join(" and ")}; the nearest, ${modelOf(nearest)}, has ${values.join(" and ")}`,
  );
}
