// One way to check settings: a schema, and messages that name the setting.

import type { z } from "zod";
import { InputError } from "./inputError.js";
import { suggestion } from "./text/words.js";

/**
 * Checks settings against any schema and fills in defaults.
 *
 * @param owner what the settings belong to, for messages; default the run
 * @param meant the setting that is called so elsewhere, for messages
 * @throws InputError naming the first setting that is unknown (with the nearest known one) or wrong.
 */
export function parseSettings<S extends z.ZodObject>(
  schema: S,
  settings: unknown,
  owner?: string,
  meant: (name: string) => string | undefined = () => undefined,
): z.output<S> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const names = Object.keys(schema.shape);
  // A run's settings are too many to list.
  const others = owner === undefined ? "" : `; known: ${names.join(", ")}`;
  const suggest = (name: string) => suggestion(meant(name) ?? name, names) || others;
  const problem = describe(parsed.error.issues[0], settings, suggest);
  throw new InputError(owner === undefined ? problem : `${owner}: ${problem}`);
}

function describe(
  issue: z.core.$ZodIssue,
  settings: unknown,
  suggest: (name: string) => string,
): string {
  if (issue.code === "unrecognized_keys") {
    const [key] = issue.keys;
    return `unknown setting "${key}"${suggest(key)}`;
  }
  const found = shownAt(issue.path, settings);
  if (issue.path.length > 0) {
    return `setting ${issue.path.join(".")} is ${found}: ${expectation(issue)}`;
  }
  return issue.code === "invalid_type"
    ? `settings: found ${found}; ${expectation(issue)}`
    : `settings: ${issue.message}`;
}

/** Types of the schema, in words. */
const kinds: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "values by name",
};

/** Things of which one is expected: `a, b or c`. */
function oneOf(things: readonly string[]): string {
  const last = things.length - 1;
  return last < 1 ? things.join() : `${things.slice(0, last).join(", ")} or ${things[last]}`;
}

/** What was expected, in words. */
function expectation(issue: z.core.$ZodIssue): string {
  // A message that the schema has itself says more than a type.
  const bare = issue.message.startsWith("Invalid ");
  if (bare && issue.code === "invalid_type") {
    return `expected ${kinds[issue.expected] ?? issue.expected}`;
  }
  if (bare && issue.code === "invalid_value") {
    return `expected ${oneOf(issue.values.map((value) => JSON.stringify(value)))}`;
  }
  if (bare && issue.code === "invalid_union") {
    const each = issue.errors.map(([first]) => expectation(first).replace(/^expected /, ""));
    return `expected ${oneOf([...new Set(each)])}`;
  }
  if (issue.code !== "too_small" && issue.code !== "too_big") return issue.message;
  if (issue.origin === "string") return "expected a text that is not empty";
  const [bound, at, beyond] =
    issue.code === "too_small"
      ? [issue.minimum, "at least", "more than"]
      : [issue.maximum, "at most", "less than"];
  return `expected ${issue.inclusive === false ? beyond : at} ${bound}`;
}

/** What stands at a place of plain data, for messages. */
function shownAt(path: readonly PropertyKey[], data: unknown): string {
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    data,
  );
  if (typeof found === "number") return String(found);
  return found === undefined ? "missing" : JSON.stringify(found);
}

/**
 * Checks plain data that were saved before.
 *
 * @param source where they come from, for messages
 * @throws InputError naming the first place that is missing, wrong or unknown.
 */
export function checkPlain<S extends z.ZodType>(
  schema: S,
  data: unknown,
  source: string,
): z.output<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const inside = place === "" ? "" : ` in ${place}`;
    throw new InputError(`${source}: unknown field "${issue.keys[0]}"${inside}`);
  }
  const where = place === "" ? "it" : place;
  const shown = shownAt(issue.path, data);
  const found = shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
  throw new InputError(`${source}: ${where} is ${found}: ${expectation(issue)}`);
}
