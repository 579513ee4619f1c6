// What trials of a search are compared by: metrics of the task on the selection images, the loss there, and what the net
// costs.

import { InputError } from "../../inputError.js";
import type { Model } from "../../models/index.js";
import { type MetricInfo, merit, type Score, type Task } from "../../tasks/index.js";
import { byName } from "../../text/words.js";
import type { EpochRecord } from "../../train/index.js";
import { costs, totalsOf } from "./costs.js";
import { latencyOf } from "./latency.js";

/** An epoch on the selection images; runs that were made before do not tell the loss. */
export type Evaluated = Pick<EpochRecord, "selection"> &
  Partial<Pick<EpochRecord, "selectionLoss">>;

/** A number to compare trials by. */
export interface Objective extends Pick<MetricInfo, "name" | "better" | "unit"> {
  readonly description: string;
  /** Of a trial that has ended: its best epoch on the selection images, and its net. */
  of(best: Evaluated, model: Model, engine?: string): number | Promise<number>;
}

const ofNets: readonly Objective[] = [
  {
    name: "loss",
    better: "lower",
    unit: "number",
    description: "loss on the selection images",
    of: ({ selectionLoss = Number.NaN }) => selectionLoss,
  },
  ...costs.map(
    ({ of, ...cost }): Objective => ({
      ...cost,
      better: "lower",
      unit: "number",
      of: (_, model) => of(totalsOf(model)),
    }),
  ),
  {
    name: "latency",
    better: "lower",
    unit: "number",
    description: "milliseconds of the net for one image on one thread, as measured",
    of: (_, model, engine) => latencyOf(model, engine),
  },
];

/** Values of objectives by name. */
export async function valuesOf(
  objectives: readonly Objective[],
  of: (objective: Objective) => number | Promise<number>,
): Promise<Readonly<Record<string, number>>> {
  const values: Record<string, number> = {};
  for (const objective of objectives) values[objective.name] = await of(objective);
  return values;
}

/**
 * Objectives by their names.
 *
 * @param names the first one decides; none for the score alone
 * @throws InputError for a name that is unknown, with those that there are, and for one that comes twice.
 */
export function objectivesOf(
  names: readonly string[] | undefined,
  { metrics }: Pick<Task, "metrics">,
  score: Score,
): readonly Objective[] {
  const ofTask = metrics.map(
    (metric): Objective => ({
      ...metric,
      of: ({ selection }) => selection[metric.name] ?? Number.NaN,
    }),
  );
  const all = [...ofTask, ...ofNets];
  const twice = names?.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new InputError(`metric ${twice} is given twice; several objectives are several metrics`);
  }
  return (names ?? [score.metric]).map((name) => byName("metric", name, all));
}

/** The value of an objective as a loss of which less is better; NaN for one that cannot be told. */
export const lossOf = (objective: Pick<Objective, "better">, value: number): number =>
  -merit(objective, value);
