// What a run's task takes from training labels and settings, and keeps with the weights.

import type { Dataset } from "../data/index.js";
import { readWhole } from "../files/read.js";
import { InputError } from "../inputError.js";
import type { Constants, ReadingSettings, Task } from "../tasks/index.js";
import type { TrainConfig } from "./config.js";

/** The grammar in a file. */
function grammarAt(path: string): NonNullable<ReadingSettings["grammar"]> {
  return { text: new TextDecoder().decode(readWhole(path)), source: path };
}

/**
 * The constants of a task, finite numbers all.
 *
 * @param saved those of the run that is gone on with: it keeps the grammar that it began with
 * @throws InputError for other numbers, a grammar that cannot be used, and images that it does not hold for
 */
export function constantsOf(
  task: Task,
  images: Dataset,
  { criterion, grammar }: Pick<TrainConfig, "criterion" | "grammar">,
  saved?: Constants,
): Constants {
  const read = saved || grammar === undefined ? undefined : grammarAt(grammar);
  const found = task.constants?.(images.labels, { criterion, grammar: read }) ?? {};
  for (const [key, list] of Object.entries(found)) {
    const wrong = list.find((value) => !Number.isFinite(value));
    if (wrong === undefined) continue;
    throw new InputError(
      `task ${task.name}: constant ${key} holds ${wrong}; expected finite numbers`,
    );
  }
  const constants = saved?.grammar ? { ...found, grammar: saved.grammar } : found;
  task.checkConstants?.(images, constants);
  return constants;
}
