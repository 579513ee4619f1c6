// Parsers of arguments that several verbs take.

import { InvalidArgumentError, Option } from "commander";
import { views } from "../data/index.js";
import { InputError } from "../inputError.js";
import type { OpenTrainedOptions } from "../runs/index.js";

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("Expected a whole number of at least 1.");
}

/** A whole number from 0 on. */
export function countOrNone(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Expected a whole number from 0 on.");
}

/** Names between commas; none for an empty text. */
export function list(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** What `--wait` says. */
export const WAIT =
  "longest time that a round waits for particles of other processes; default without end, for the same result wherever they are";

/** What `--host` says. */
export const HOST =
  "most particles that this process trains at a time; default all that nobody else does";

/** Seconds, more than none. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text !== "" && value > 0 && value <= 1e6) return value;
  throw new InvalidArgumentError("Expected seconds, more than 0.");
}

/** Whole numbers of at least 1, between commas. */
export const counts = (text: string): number[] => list(text).map(count);

/**
 * The sides of `name=value`; `undefined` for a text of another form.
 *
 * @throws InputError for a name that an object keeps to itself: what is given for it would be lost without a word.
 */
export function pairOf(text: string): readonly [name: string, value: string] | undefined {
  const [name, value, ...rest] = text.split("=");
  if (name === "__proto__") throw new InputError(`${text}: unknown name "${name}"`);
  return value === undefined || rest.length > 0 ? undefined : [name, value];
}

/** A finite number. */
function number(text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number.");
}

/** Numbers between commas, at least one. */
export function numbers(text: string): number[] {
  const values = list(text).map(number);
  if (values.length > 0) return values;
  throw new InvalidArgumentError("Expected numbers between commas.");
}

/** Numbers in which a net is run. */
export const precisionOption = (): Option =>
  new Option(
    "--precision <name>",
    "numbers that are multiplied: f32, bf16, or auto for bf16 where the processor is faster by it (default: f32)",
  ).choices(["f32", "bf16", "auto"] satisfies OpenTrainedOptions["precision"][]);

/** Views of each image whose answers are averaged. */
export const viewsOption = (): Option =>
  new Option(
    "--views <name>",
    `average what is said of each image over views: ${views.map(({ name, meaning }) => `${name} (${meaning})`).join(", ")}`,
  ).choices(views.map(({ name }) => name));
