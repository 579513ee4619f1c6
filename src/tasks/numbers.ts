// A task's own numbers, as the temperature of a softmax: what they may be, and the task with others.

import { InputError } from "../inputError.js";
import { unknownName } from "../text/words.js";
import type { Task } from "./task.js";

/** A number of a task. */
export interface TaskNumber {
  readonly usual: number;
  readonly least: number;
  /** Default without end. */
  readonly most?: number;
  /** Whether it counts something; default false. */
  readonly whole?: boolean;
  readonly description: string;
}

/** Numbers by name. */
export type Numbers<N extends string = string> = Readonly<Record<N, number>>;

/** A task with numbers of its own. */
export interface NumberedTask {
  readonly numbers: Readonly<Record<string, TaskNumber>>;
  /** The task with some of them. */
  make(given: Numbers): Task;
}

function check(task: string, name: string, spec: TaskNumber, value: number): void {
  const { least, most = Number.POSITIVE_INFINITY, whole } = spec;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  const range = most === Number.POSITIVE_INFINITY ? `from ${least}` : `from ${least} to ${most}`;
  throw new InputError(
    `setting taskNumbers: ${name} of task ${task} is ${value}; expected a ${whole ? "whole " : ""}number ${range} (${spec.description})`,
  );
}

/** A task that is made of its numbers, with their usual values. */
export function numbered<N extends string>(
  numbers: Readonly<Record<N, TaskNumber>>,
  make: (numbers: Numbers<N>) => Omit<Task, "numbered">,
): Task {
  const specs = Object.entries<TaskNumber>(numbers);
  const usual = Object.fromEntries(specs.map(([name, spec]) => [name, spec.usual])) as Numbers<N>;
  const made = (given: Numbers): Task => ({
    ...make({ ...usual, ...given }),
    numbered: { numbers, make: made },
  });
  return made({});
}

/**
 * A task with numbers that settings give.
 *
 * @throws InputError for one that it does not have, or that is out of range.
 * @example
 * const instance = getTask("instance");
 * withNumbers(instance, { dimensions: 32 }).outputs({ kind: "none" }).length; // 32
 */
export function withNumbers(task: Task, given: Numbers): Task {
  const names = Object.keys(given);
  if (names.length === 0) return task;
  const { numbers, make } = task.numbered ?? { numbers: {}, make: () => task };
  for (const name of names) {
    if (!Object.hasOwn(numbers, name)) {
      throw unknownName(`number of task ${task.name} in taskNumbers`, name, Object.keys(numbers));
    }
    check(task.name, name, numbers[name], given[name]);
  }
  return make(given);
}
