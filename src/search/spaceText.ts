// Spaces as text, for the command line: `lr=log:1e-4:0.3,batch=16|32|64,momentum=float:0:0.99?optimizer=sgd`.

import { InputError } from "../inputError.js";
import { brief } from "../text/words.js";
import {
  type Condition,
  checkSpace,
  type Domain,
  type FORMS,
  isRange,
  type Parameter,
  type Space,
  settingOf,
} from "./space.js";

type Range = "float" | "integer";
type Form = (typeof FORMS)[number];

/** Ranges by the word in front of them. */
const ranges: Readonly<
  Record<Exclude<Form, "bits">, { readonly kind: Range; readonly log?: true }>
> = {
  float: { kind: "float" },
  log: { kind: "float", log: true },
  int: { kind: "integer" },
  logint: { kind: "integer", log: true },
};

const EXPECTED =
  "float:low:high, log:low:high, int:low:high, logint:low:high, bits:length, or values as a|b|c";

const isForm = (text: string): text is keyof typeof ranges => Object.hasOwn(ranges, text);

function domainOf(name: string, text: string): Domain {
  const wrong = () =>
    new InputError(`space: ${name} is "${brief(text)}"; expected one of ${EXPECTED}`);
  if (text === "") throw wrong();
  // The first value of a choice says so too: no value looks like a range.
  if (!isRange(text)) return { kind: "choice", of: text.split("|").map(settingOf) };
  const [form, ...ends] = text.split(":");
  const numbers = ends.map(settingOf);
  if (!numbers.every((end) => typeof end === "number")) throw wrong();
  if (form === "bits" && numbers.length === 1) return { kind: "bits", length: numbers[0] };
  if (!isForm(form) || numbers.length !== 2) throw wrong();
  const { kind, ...scale } = ranges[form];
  return { kind, low: numbers[0], high: numbers[1], ...scale };
}

/** What stands before the first `=`, and behind it. */
function sidesOf(text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf("=");
  return at < 0 ? { name: "", value: "" } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

function conditionOf(name: string, text: string): Condition {
  const { name: on, value: values } = sidesOf(text);
  if (!on || !values) {
    throw new InputError(
      `space: the condition of ${name} is "${brief(text)}"; expected parameter=value or parameter=a|b`,
    );
  }
  return { name: on, is: values.split("|").map(settingOf) };
}

function parameterOf(text: string): Parameter {
  const [assigned, condition, ...more] = text.split("?");
  const { name, value } = sidesOf(assigned);
  if (name === "" || more.length > 0) {
    throw new InputError(
      `space: "${brief(text)}" is no parameter; expected name=domain or name=domain?other=value, with a domain of ${EXPECTED}`,
    );
  }
  const parameter = { name, ...domainOf(name, value) };
  return condition === undefined ? parameter : { ...parameter, when: conditionOf(name, condition) };
}

/**
 * A space from its text: parameters with commas between them, each `name=domain`, or `name=domain?other=a|b` where it
 * exists only if another one is a or b. Domains: `float:0:1`, `log:1e-4:0.3` (even in the logarithm), `int:1:8`,
 * `logint:8:512`, `bits:10`, and values `16|32|64`, `sgd|adam`, `true|false`; one value alone stays as it is.
 * Values may have `=` and `:` in them, as `harmonic|t-vmf=16`, but look like none of the ranges.
 *
 * @throws InputError naming the parameter that cannot be read, is contradictory, or can never exist.
 * @example
 * const space = parseSpace("optimizer=sgd|adam,momentum=float:0:0.99?optimizer=sgd");
 * space[1].when; // { name: "optimizer", is: ["sgd"] }
 * spaceText(space); // "optimizer=sgd|adam,momentum=float:0:0.99?optimizer=sgd"
 */
export function parseSpace(text: string): Space {
  const parts = text.split(",").map((part) => part.trim());
  const space = text.trim() === "" ? [] : parts.map(parameterOf);
  checkSpace(space);
  return space;
}

function domainText(domain: Domain): string {
  if (domain.kind === "choice") return domain.of.join("|");
  if (domain.kind === "bits") return `bits:${domain.length}`;
  const { kind, low, high, log } = domain;
  const [form] = Object.entries(ranges).find(
    ([, range]) => range.kind === kind && range.log === log,
  )!;
  return `${form}:${low}:${high}`;
}

/** The text of a space, which {@link parseSpace} reads. */
export const spaceText = (space: Space): string =>
  space
    .map(({ name, when, ...domain }) => {
      const condition = when === undefined ? "" : `?${when.name}=${when.is.join("|")}`;
      return `${name}=${domainText(domain as Domain)}${condition}`;
    })
    .join(",");
