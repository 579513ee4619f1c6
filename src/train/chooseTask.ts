// The task of a run: a program's own, the one that settings name, or the one that the labels are for.

import { labelKinds, type Splits } from "../data/index.js";
import { InputError } from "../inputError.js";
import { getTask, type Task, takes, taskFor, tasks, withNumbers } from "../tasks/index.js";
import type { TrainConfig, TrainSettings } from "./config.js";
import type { OwnModule } from "./ownModule.js";

/** What a task may be chosen from besides the registry. */
export interface OwnTasks {
  /** A program's own; the settings' name is then only a name. */
  readonly task?: Task;
  /** The file that the settings name. */
  readonly module?: Pick<OwnModule, "tasks">;
}

/** Settings that say what is asked. */
type Asking = Pick<TrainConfig, "task" | "taskNumbers" | "criterion">;

/** Tasks whose strings may be learnt in several ways. */
const reading = tasks.filter(({ criteria }) => criteria !== undefined);

/** The name of the task that is asked for: a criterion says which of those that read is meant. */
function taskOf({ task, criterion }: Partial<Asking>): string | undefined {
  if (criterion === undefined) return task;
  const own = reading.find(({ criteria }) => Object.hasOwn(criteria!, criterion))?.name;
  if (task === undefined || reading.some(({ name }) => name === task)) return own;
  throw new InputError(
    `setting criterion is ${criterion}, which task ${own} learns by; found task ${task}; leave one of them out`,
  );
}

/** Settings with the size that the task reads image files for, where they say none. */
export function withReading(settings: Partial<TrainSettings>): Partial<TrainSettings> {
  const name = taskOf(settings);
  const usual = tasks.find((task) => task.name === name)?.defaults?.size;
  return usual === undefined || settings.size !== undefined
    ? settings
    : { ...settings, size: usual };
}

/** The task that is asked for, with its own numbers, if one is. */
export function namedTask(config: Asking, { task, module }: OwnTasks): Task | undefined {
  const name = taskOf(config);
  const named = task ?? (name === undefined ? undefined : getTask(name, module?.tasks));
  return named && withNumbers(named, config.taskNumbers);
}

/**
 * The task of a run on some data.
 *
 * @throws InputError when there is none of the name, and when it cannot learn from the data.
 */
export function chooseTask(config: Asking, { train }: Splits, own: OwnTasks): Task {
  const task = namedTask(config, own) ?? withNumbers(taskFor(train.labels), config.taskNumbers);
  const { kind } = train.labels;
  if (!takes(task, train.labels)) {
    const fitting = tasks.filter(({ labels }) => labels === kind).map((one) => one.name);
    throw new InputError(
      `task ${task.name} needs ${labelKinds[task.labels].title}; ${train.name} has ` +
        `${labelKinds[kind].title}, which ${fitting.join(" or ") || "no task"} is for`,
    );
  }
  task.check(train);
  return task;
}
