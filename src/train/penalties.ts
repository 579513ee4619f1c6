// What settings add to the loss while a net learns: penalties by name, and what its gates cost.

import type { PassRecord } from "../compress/passes/index.js";
import { add } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { penaltyOf, type Task, type TrainingOptions } from "../tasks/index.js";
import type { TrainConfig } from "./config.js";
import { gateCost, gatePenalty } from "./gates.js";

type Penalise = NonNullable<TrainingOptions["penalise"]>;

/** The setting that adds to the loss, with its value; `undefined` where none does. */
export function addingTo({ penalty, prune }: TrainConfig): string | undefined {
  if (penalty !== undefined) return `penalty is ${penalty}`;
  return gateCost(prune) === undefined ? undefined : `prune is ${prune}`;
}

/** A run's net, and what it is asked. */
interface Penalised {
  readonly task: Task;
  readonly model: Model;
  /** The last of the model's. */
  readonly passes: readonly PassRecord[];
}

/**
 * All that settings add to the loss together; `undefined` where it is nothing.
 *
 * @throws InputError for a task that cannot have it
 */
export function penaltiesOf(
  config: TrainConfig,
  { task, model, passes }: Penalised,
): Penalise | undefined {
  const { penalty, prune } = config;
  const cost = gateCost(prune);
  if (cost !== undefined && !task.loss) {
    throw new InputError(
      `setting prune is ${prune}: it needs a loss in a graph, which task ${task.name} has not; leave it out`,
    );
  }
  const all: Penalise[] = [];
  if (penalty !== undefined) all.push(penaltyOf(penalty, task));
  if (cost !== undefined) all.push(gatePenalty(model, passes, cost));
  if (all.length === 0) return undefined;
  return (net, penalised) => all.map((one) => one(net, penalised)).reduce(add);
}
