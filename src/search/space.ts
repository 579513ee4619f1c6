// What a search may choose: parameters with their domains, some of which exist only where another has a certain value.

import { InputError } from "../inputError.js";
import { brief, unknownName } from "../text/words.js";

/** The value of one parameter. Bits are a text of 0 and 1. */
export type Setting = number | string | boolean;

/** The values of the parameters that exist, by name. */
export type Settings = Readonly<Record<string, Setting>>;

/** What values a parameter may have; numbers with both ends. */
export type Domain =
  | { readonly kind: "float"; readonly low: number; readonly high: number; readonly log?: true }
  | { readonly kind: "integer"; readonly low: number; readonly high: number; readonly log?: true }
  | { readonly kind: "choice"; readonly of: readonly Setting[] }
  | { readonly kind: "bits"; readonly length: number };

/** A parameter exists where one before it, which is a choice, has one of some values. */
export interface Condition {
  readonly name: string;
  readonly is: readonly Setting[];
}

export type Parameter = Domain & { readonly name: string; readonly when?: Condition };

/** Parameters; one that another depends on stands before it. */
export type Space = readonly Parameter[];

/** Characters that no value has, since {@link parseSpace} takes them for something else; a name has no `=` and `:` either. */
const RESERVED = /[\s,|?]/;
const RESERVED_IN_NAMES = /[\s,=:|?]/;

/** The text of a number. */
const NUMBER = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?";
const ONE_NUMBER = new RegExp(`^${NUMBER}$`, "i");

/** Words that begin a range or bits in the text of a space. */
export const FORMS = ["float", "log", "int", "logint", "bits"] as const;

/** What {@link parseSpace} takes for a range, perhaps mistyped: one of the words, or two numbers at the end. */
const RANGE = new RegExp(`^(${FORMS.join("|")}):|^([a-z]+:)?${NUMBER}:${NUMBER}$`, "i");

/** Whether a text is a range rather than a value. */
export const isRange = (text: string): boolean => RANGE.test(text);

/** More bits are no search any more. */
const MOST_BITS = 4096;

function checkRange(
  name: string,
  { kind, low, high, log }: Domain & { kind: "float" | "integer" },
) {
  const fits = kind === "float" ? Number.isFinite : Number.isSafeInteger;
  if (!fits(low) || !fits(high)) {
    const expected = kind === "float" ? "finite numbers" : "whole numbers";
    throw new InputError(`space: ${name} reaches from ${low} to ${high}; expected ${expected}`);
  }
  if (low > high) {
    throw new InputError(`space: ${name} reaches from ${low} to ${high}; expected the lower first`);
  }
  if (low === high) {
    throw new InputError(`space: ${name} is always ${low}; write ${name}=${low}`);
  }
  if (log && low <= 0) {
    throw new InputError(
      `space: ${name} begins at ${low}; a logarithmic range needs numbers above 0`,
    );
  }
}

function checkChoices(name: string, of: readonly Setting[]): void {
  if (of.length === 0) throw new InputError(`space: ${name} has no values to choose from`);
  const twice = of.find((value, at) => of.indexOf(value) !== at);
  if (twice !== undefined) throw new InputError(`space: ${name} has the value ${twice} twice`);
  const odd = of.find((value) => {
    if (typeof value !== "string") return false;
    return value === "" || RESERVED.test(value) || isRange(value) || settingOf(value) !== value;
  });
  if (odd !== undefined) {
    throw new InputError(
      `space: ${name} has the value "${odd}"; expected a word without spaces and , | ? that is no number and no range`,
    );
  }
  const infinite = of.find((value) => typeof value === "number" && !Number.isFinite(value));
  if (infinite !== undefined) {
    throw new InputError(`space: ${name} has the value ${infinite}; expected a finite number`);
  }
}

function checkDomain(name: string, domain: Domain): void {
  if (domain.kind === "choice") checkChoices(name, domain.of);
  else if (domain.kind !== "bits") checkRange(name, domain);
  else if (!Number.isInteger(domain.length) || domain.length < 1 || domain.length > MOST_BITS) {
    throw new InputError(
      `space: ${name} has ${domain.length} bits; expected a whole number from 1 to ${MOST_BITS}`,
    );
  }
}

function checkCondition(name: string, { name: on, is }: Condition, before: Space): void {
  const other = before.find((parameter) => parameter.name === on);
  if (!other) {
    throw new InputError(
      `space: ${name} depends on ${on}, which does not stand before it; there ${before.length === 0 ? "is nothing" : `stands ${before.map((one) => one.name).join(", ")}`}`,
    );
  }
  if (other.kind !== "choice") {
    throw new InputError(`space: ${name} depends on ${on}, which is no choice (a|b)`);
  }
  if (is.length === 0)
    throw new InputError(`space: ${name} never exists: ${on} is none of nothing`);
  const never = is.find((value) => !other.of.includes(value));
  if (never !== undefined) {
    throw new InputError(
      `space: ${name} exists where ${on} is ${never}, which it never is; expected ${other.of.join(" or ")}`,
    );
  }
}

/**
 * Checks a space.
 *
 * @throws InputError naming the parameter: none at all, a name twice, an empty or reversed range, a condition that can
 * never hold.
 */
export function checkSpace(space: Space): void {
  if (space.length === 0) throw new InputError("space: there is no parameter to choose");
  for (const [at, parameter] of space.entries()) {
    const { name, when } = parameter;
    const before = space.slice(0, at);
    if (name === "" || RESERVED_IN_NAMES.test(name)) {
      throw new InputError(
        `space: parameter ${at + 1} is called "${brief(name)}"; expected a name without spaces and , = : | ?`,
      );
    }
    if (name.split(".").includes("__proto__")) {
      throw new InputError(`space: ${name}: no setting has the name __proto__`);
    }
    if (before.some((one) => one.name === name)) {
      throw new InputError(`space: ${name} stands there twice`);
    }
    checkDomain(name, parameter);
    if (when) checkCondition(name, when, before);
  }
}

/** A number, true, false or a word from its text. */
export function settingOf(text: string): Setting {
  if (ONE_NUMBER.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}

/** Whether a parameter exists beside the values of those before it. */
export const exists = ({ when }: Parameter, settings: Settings): boolean =>
  when === undefined ||
  (Object.hasOwn(settings, when.name) && when.is.includes(settings[when.name]));

/** Settings by what is chosen for each parameter that exists, in order. */
export function choose(
  space: Space,
  of: (parameter: Parameter, so: Settings) => Setting,
): Settings {
  const settings: Record<string, Setting> = {};
  for (const parameter of space) {
    if (exists(parameter, settings)) settings[parameter.name] = of(parameter, settings);
  }
  return settings;
}

/** Whether a value lies in a domain. */
export function lies(domain: Domain, value: Setting): boolean {
  if (domain.kind === "choice") return domain.of.includes(value);
  if (domain.kind === "bits") {
    return typeof value === "string" && value.length === domain.length && /^[01]*$/.test(value);
  }
  if (typeof value !== "number" || value < domain.low || value > domain.high) return false;
  return domain.kind === "float" ? Number.isFinite(value) : Number.isInteger(value);
}

/** A domain in words, for messages. */
function inWords(domain: Domain): string {
  if (domain.kind === "choice") return domain.of.join(" or ");
  if (domain.kind === "bits") return `${domain.length} bits of 0 and 1`;
  const number = domain.kind === "float" ? "a number" : "a whole number";
  return `${number} from ${domain.low} to ${domain.high}`;
}

/**
 * Checks that settings lie in a space: each parameter that exists has a value of its domain, and there is no other.
 *
 * @throws InputError naming the first that does not fit; `where` says whose settings they are.
 */
export function checkSettings(space: Space, settings: Settings, where: string): void {
  const names = space.map(({ name }) => name);
  const strange = Object.keys(settings).find((name) => !names.includes(name));
  if (strange !== undefined) {
    throw new InputError(`${where}: ${unknownName("parameter", strange, names).message}`);
  }
  for (const parameter of space) {
    const { name, when } = parameter;
    const given = Object.hasOwn(settings, name);
    if (!exists(parameter, settings)) {
      if (!given) continue;
      throw new InputError(
        `${where}: ${name} is ${settings[name]}; it exists only where ${when!.name} is ${when!.is.join(" or ")}`,
      );
    }
    if (!given || !lies(parameter, settings[name])) {
      const found = given ? settings[name] : "missing";
      throw new InputError(`${where}: ${name} is ${found}; expected ${inWords(parameter)}`);
    }
  }
}

/** A text that is the same for the same settings. */
export const keyOf = (space: Space, settings: Settings): string =>
  JSON.stringify(space.map(({ name }) => settings[name] ?? null));
