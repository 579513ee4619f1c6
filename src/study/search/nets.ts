// What a search asks of its nets before they are trained: what they cost, and what they promise.

import { batchFrom, proxies, ranked } from "../../analysis/index.js";
import { createEngine, type Engine } from "../../engine/index.js";
import { InputError } from "../../inputError.js";
import { createModel, type Model, type ModelInput } from "../../models/index.js";
import type { Excess, Next, Proposer, Search, Told } from "../../search/index.js";
import { keyOf } from "../../search/space.js";
import { byName } from "../../text/words.js";
import type { Prepared } from "../../train/prepare.js";
import { checkBudget, excessOf, type Pricing } from "./budget.js";
import type { LatencyTable } from "./latencyTable.js";
import { modelIn, type SettingsPlan, searchOf } from "./plan.js";

/** Images that untrained nets are looked at by. */
const BATCH = 32;

/** What proposes the trials of a plan. */
export interface Nets {
  /** @param imported runs that were made before */
  proposer(imported: number): Proposer;
  close(): Promise<void>;
}

/** What a model is laid out for. */
export const inputOf = ({ input: [channels, height, width], outputs }: Model): ModelInput => ({
  ...{ channels, height, width, outputs },
});

/** The score of an untrained net by its name; each is worked out once. */
type Score = (model: string) => Promise<number>;

/** Scores by a proxy, on images of the first trial. The engine is opened for the first one. */
function scoring(
  { screen, settings: { engine: name, seed = 1 } }: SettingsPlan,
  { question, splits, module }: Prepared,
) {
  if (!screen) return undefined;
  const proxy = byName("proxy", screen.proxy, proxies);
  const some = batchFrom(splits.train, { batch: BATCH, seed });
  let opened: Promise<Engine> | undefined;
  const known = new Map<string, Promise<number>>();
  const score: Score = async (called) => {
    opened ??= createEngine({ engine: name, threads: 1 });
    const engine = await opened;
    const model = createModel(called, inputOf(question.model), module?.models);
    const found = known.get(called) ?? proxy.score({ model, engine, seed, ...some });
    known.set(called, found);
    return found;
  };
  return { score, close: async () => (await opened)?.close() };
}

/** Of several proposals the one whose net has the highest score; the first of equals, and none that was tried before. */
async function best(
  search: Search,
  plan: SettingsPlan,
  told: readonly Told[],
  propose: (draw: number) => Promise<Next>,
  score: Score,
): Promise<Next> {
  const known = new Set(told.map(({ settings }) => keyOf(search.space, settings)));
  let [found, highest] = [await propose(0), Number.NEGATIVE_INFINITY];
  for (let draw = 0; draw < plan.screen!.candidates; draw++) {
    const next = await propose(draw);
    if (typeof next === "string") return next;
    const key = keyOf(search.space, next.settings);
    if (known.has(key)) continue;
    known.add(key);
    const scored = ranked(await score(modelIn(plan, next.settings)!));
    if (scored > highest) [found, highest] = [next, scored];
  }
  return found;
}

/**
 * Gets a plan's nets ready to be asked.
 *
 * @param first a trial of it, prepared
 * @throws InputError for a cost or a proxy that is unknown, and a budget that no net is within.
 */
export async function netsOf(
  plan: SettingsPlan,
  table: LatencyTable,
  first: Prepared,
): Promise<Nets> {
  const { budget, screen, settings } = plan;
  const { space } = searchOf(plan);
  const named = settings.model ?? space.find(({ name }) => name === "model");
  if ((budget || screen) && named === undefined) {
    throw new InputError(
      `${budget ? "budget" : "screen"}: expected settings that name a model; give --model, or search it`,
    );
  }
  const pricing: Pricing | undefined = budget && {
    ...{ space, budget, table, own: first.module?.models },
    modelOf: (trial) => modelIn(plan, trial),
  };
  const excess: Excess | undefined = pricing && excessOf(pricing);
  const scores = scoring(plan, first);
  if (pricing) await table.with(() => checkBudget(pricing), settings.engine);
  return {
    proposer(imported) {
      const search = searchOf(plan, imported, excess);
      const propose = (told: readonly Told[]) => (draw: number) =>
        table.with(() => search.next(told, draw), settings.engine);
      return {
        next: (told) =>
          scores ? best(search, plan, told, propose(told), scores.score) : propose(told)(0),
      };
    },
    close: async () => scores?.close(),
  };
}
