// How a run trains where its user says nothing: what the task is known to learn by goes before what the model is, and
// both before the schema. A rate belongs to its optimizer: one for momentum is a hundred times too large for Adam.

import type { ModelDefaults } from "../models/index.js";
import { baseOf, getOptimizer, type Optimizer } from "../optim/index.js";
import type { TaskDefaults } from "../tasks/index.js";
import { parseConfig, type TrainConfig, type TrainSettings } from "./config.js";

/** Who may have something to say. */
export interface RecipeParts {
  /** What a user gives. */
  readonly given: Partial<TrainSettings>;
  readonly task?: TaskDefaults;
  readonly model?: ModelDefaults;
  /** A program's own optimizer; its name in the settings is then only a name. */
  readonly optimizer?: Optimizer;
  /** Optimizers beside those of the registry. */
  readonly optimizers?: readonly Optimizer[];
}

/** All settings of a run, and the optimizer that they name. */
export function recipeOf({ given, task, model, optimizers, optimizer: own }: RecipeParts): {
  readonly config: TrainConfig;
  readonly optimizer: Optimizer;
} {
  const offers = [task, model].filter((one) => one !== undefined);
  const { optimizer: usual } = parseConfig({ data: "any" });
  const name = offers.find((one) => one.optimizer !== undefined)?.optimizer ?? usual;
  const optimizer = own ?? getOptimizer(given.optimizer ?? name, optimizers);
  const meant = own ? undefined : baseOf(optimizer.name);
  const fitting = offers.find((one) => one.lr !== undefined && (one.optimizer ?? usual) === meant);
  const lr = fitting?.lr ?? optimizer.rate;
  const decay = offers.find((one) => one.decay !== undefined)?.decay;
  const { fit, augment, segmenter } = task ?? {};
  const known = {
    ...(fit && { fit }),
    ...(augment !== undefined && { augment }),
    ...(segmenter && { segmenter }),
    optimizer: name,
    ...(lr && { lr }),
    ...(decay !== undefined && { decay }),
  };
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { config: parseConfig({ ...known, ...said }), optimizer };
}
