// What images of a run are augmented by, and which operations policies do without: those that make no sense for the
// task or the data, unless the settings say which.

import {
  type Augmentation,
  type OperationName,
  operationNamed,
  operationsOf,
  parseAugmentations,
  policiesIn,
  sources,
} from "../data/index.js";
import { InputError } from "../inputError.js";
import type { Task } from "../tasks/index.js";
import type { TrainConfig } from "./config.js";

type Augmented = Pick<TrainConfig, "augment" | "leaveOut" | "data">;

/** The operations that settings name. */
const namesIn = (text: string): OperationName[] =>
  text.trim() === "none"
    ? []
    : text.split(",").map((name) => operationNamed(name.trim(), "setting leaveOut"));

/** The operations that make no sense for a task and data. */
function senseless({ data }: Pick<Augmented, "data">, { unfit = [] }: Task): OperationName[] {
  const source = sources.find(({ name }) => name === data);
  return [...new Set([...unfit, ...(source?.unfit ?? [])])];
}

/** Refuses operations that there are not, or that no policy has. */
export function checkLeftOut({ augment, leaveOut }: Augmented): void {
  const policies = policiesIn(augment);
  if (leaveOut === undefined) return;
  if (policies.length === 0) {
    throw new InputError(
      "setting leaveOut has no effect without a policy in augment, as trivial; add that, or leave leaveOut out",
    );
  }
  const idle = namesIn(leaveOut).find((name) =>
    policies.every((policy) => !operationsOf(policy).has(name)),
  );
  if (idle === undefined) return;
  throw new InputError(
    `setting leaveOut is ${leaveOut}: ${policies.map(({ name }) => name).join(" and ")} does not ${idle}; leave it out`,
  );
}

/** The operations that policies do without. */
export const leftOutOf = (config: Omit<Augmented, "augment">, task: Task): OperationName[] =>
  config.leaveOut === undefined ? senseless(config, task) : namesIn(config.leaveOut);

/** What the images that a run learns from are augmented by. */
export const augmentationsOf = (config: Augmented, task: Task): Augmentation[] => [
  ...parseAugmentations(config.augment, leftOutOf(config, task)),
  ...(task.augmentation ? [task.augmentation] : []),
];

/** Which operations policies do without although nobody said so, in words; `undefined` for none. */
export function leftOutNote(config: Augmented, task: Task): string | undefined {
  if (config.leaveOut !== undefined) return undefined;
  const used = policiesIn(config.augment).flatMap((policy) => [...operationsOf(policy)]);
  const names = senseless(config, task).filter((name) => used.includes(name));
  if (names.length === 0) return undefined;
  return (
    `augmentation does without ${names.join(", ")}, which makes no sense for task ${task.name} on ${config.data}; ` +
    "with --leave-out none nothing is left out"
  );
}
