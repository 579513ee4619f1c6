// One way to check settings: a schema, and messages that name the setting.

import type { z } from "zod";
import { InputError } from "./inputError.js";
import { suggestion } from "./text/words.js";

/**
 * Checks settings against any schema and fills in defaults.
 *
 * @param owner what the settings belong to, for messages; default the run
 * @throws InputError naming the first setting that is unknown (with the nearest known one) or wrong.
 */
export function parseSettings<S extends z.ZodObject>(
  schema: S,
  settings: unknown,
  owner?: string,
): z.output<S> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const problem = describe(parsed.error.issues[0], settings, Object.keys(schema.shape));
  throw new InputError(owner === undefined ? problem : `${owner}: ${problem}`);
}

function describe(issue: z.core.$ZodIssue, settings: unknown, names: readonly string[]): string {
  if (issue.code === "unrecognized_keys") {
    const [key] = issue.keys;
    return `unknown setting "${key}"${suggestion(key, names)}`;
  }
  if (issue.path.length === 0) return `settings: ${issue.message}`;
  const found = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    settings,
  );
  const shown = typeof found === "number" ? found : JSON.stringify(found);
  return `setting ${issue.path.join(".")} is ${shown}: ${issue.message}`;
}
