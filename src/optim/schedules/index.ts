// The schedules by name. A new one is its file, a row in the test's table and one line here.

import { byName } from "../../text/words.js";
import { constant } from "./constant.js";
import { cosine } from "./cosine.js";
import { oneCycle } from "./oneCycle.js";
import { plateau } from "./plateau.js";
import { polynomial } from "./polynomial.js";
import type { Schedule } from "./schedule.js";
import { step } from "./step.js";

export type { Progress, Schedule } from "./schedule.js";

const all: readonly Schedule[] = [constant, step, polynomial, cosine, oneCycle, plateau];

/** Every schedule. */
export const schedules = (): readonly Schedule[] => all;

/**
 * A schedule by name.
 *
 * @throws InputError for an unknown name; it suggests the nearest one.
 * @example
 * const { factor } = getSchedule("step");
 * [0, 50, 75].map((step) => factor({ step, total: 100 }).toFixed(2)); // ["1.00", "0.10", "0.01"]
 */
export const getSchedule = (name: string): Schedule => byName("schedule", name, all);
