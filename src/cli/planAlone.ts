// What is gone on with keeps the plan that it was begun with.

import { InputError } from "../inputError.js";
import { kebab } from "./flags.js";

/**
 * Refuses data and options that would change a plan.
 *
 * @param what is gone on with, as `a study`
 * @param planned names of the options that a plan is made of
 * @throws InputError naming the first that is given
 */
export function expectPlanAlone(
  what: string,
  data: string | undefined,
  options: object,
  planned: readonly string[],
): void {
  const given = planned.find((name) => options[name as keyof typeof options] !== undefined);
  const wrong = data ?? (given && `--${kebab(given)}`);
  if (wrong === undefined) return;
  throw new InputError(
    `${wrong}: ${what} goes on with its own plan; leave it out, or begin another one by --out`,
  );
}
