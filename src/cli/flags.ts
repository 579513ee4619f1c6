// Command-line flags from the schema of settings, so that a new setting has its flag at once.

import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { pairOf } from "./arguments.js";

/** `labelSmoothing` as `label-smoothing`. */
export const kebab = (name: string) =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A number; throws the error that commander shows. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) {
    throw new InvalidArgumentError(`"${text}" is not a number.`);
  }
  return value;
}

/** A number where the text is one. */
function parseEither(text: string): number | string {
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? text : value;
}

/** A number, or the text that the type allows in its place. */
function checked(type: z.ZodUnion) {
  return (text: string) => {
    const value = parseEither(text);
    const { error } = type.safeParse(value);
    if (!error) return value;
    throw new InvalidArgumentError(`"${text}" is not a number: ${error.issues[0].message}.`);
  };
}

/** How the values of a record are read, by their type. */
const valueParsers = [
  [z.ZodNumber, parseNumber],
  [z.ZodString, (text: string) => text],
] as const;

/** `momentum=0.9,beta=0.5` as a record. */
function parseRecord<T>(text: string, parse: (value: string) => T): Record<string, T> {
  const pairs = text.split(",").map((one) => {
    const pair = pairOf(one);
    if (!pair) throw new InvalidArgumentError(`"${one}" is not of the form name=value.`);
    return [pair[0], parse(pair[1])] as const;
  });
  const twice = pairs.find(([name], at) => pairs.findIndex(([other]) => other === name) !== at);
  if (twice) throw new InvalidArgumentError(`"${twice[0]}" is given twice.`);
  return Object.fromEntries(pairs);
}

/** `compress=top-k,share=0.01` as a record of numbers, and of texts where they are none. */
export const parseEithers = (text: string) => parseRecord(text, parseEither);

/** `path=file,label=species` as a record of texts. */
export const parseTexts = (text: string) => parseRecord(text, (value) => value);

/** The inner type of a setting, and its default. */
function unwrap(type: z.core.$ZodType): { inner: z.core.$ZodType; initial?: unknown } {
  if (type instanceof z.ZodDefault) {
    return { inner: type.def.innerType, initial: type.def.defaultValue };
  }
  return { inner: type instanceof z.ZodOptional ? type.def.innerType : type };
}

/** A default in the help; empty ones say nothing. */
function defaultText(initial: unknown): string {
  const text = typeof initial === "object" ? "" : String(initial ?? "");
  return text === "" ? "" : ` (default: ${text})`;
}

function flagOf(name: string, type: z.ZodType): Option {
  const { inner, initial } = unwrap(type);
  const help = `${type.description}${defaultText(initial)}`;
  const flag = (value: string) => new Option(`--${kebab(name)} <${value}>`, help);
  if (inner instanceof z.ZodBoolean) return new Option(`--${kebab(name)}`, help);
  if (inner instanceof z.ZodNumber) return flag("number").argParser(parseNumber);
  if (inner instanceof z.ZodEnum) return flag("name").choices(inner.options.map(String));
  if (inner instanceof z.ZodUnion) return flag("number").argParser(checked(inner));
  if (inner instanceof z.ZodRecord) {
    const { valueType } = inner.def;
    const parse = valueParsers.find(([type]) => valueType instanceof type)?.[1] ?? parseEither;
    return flag("name=value,...").argParser((text: string) => parseRecord(text, parse));
  }
  return flag("text");
}

/**
 * Adds a flag for each setting but those in `without`. Defaults stay with the schema.
 *
 * @param groupOf the heading of the help that a setting stands under; default that of all options
 */
export function addFlags<S extends z.ZodObject>(
  command: Command,
  schema: S,
  without: readonly (keyof S["shape"])[] = [],
  groupOf: (name: string) => string | undefined = () => undefined,
): void {
  for (const [name, type] of Object.entries(schema.shape)) {
    if (without.includes(name)) continue;
    const option = flagOf(name, type as z.ZodType);
    const group = groupOf(name);
    command.addOption(group === undefined ? option : option.helpGroup(group));
  }
}
