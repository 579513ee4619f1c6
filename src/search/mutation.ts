// Small changes of settings, and mixtures of two: what evolution is made of.

import type { Random } from "../tensor/philox.js";
import { coordinatesAt, coordinatesOf, drawValue, valueAt } from "./cube.js";
import {
  choose,
  type Domain,
  exists,
  type Parameter,
  type Setting,
  type Settings,
  type Space,
} from "./space.js";

/** Another value of a choice. */
function otherOf(of: readonly Setting[], value: Setting, random: Random): Setting {
  const others = of.filter((one) => one !== value);
  return others.length === 0 ? value : others[random.integer(others.length)];
}

/** Steps are 10 ** -u of the range, u even from 0 to this: large ones find, small ones refine (Mühlenbein 1993, BGA). */
const DECADES = 3;

/** A number somewhat away, turned back at the ends of its range. */
function beside(domain: Domain & { kind: "float" | "integer" }, value: number, random: Random) {
  const [at] = coordinatesAt(domain, value);
  const size = 10 ** (-DECADES * random.uniform());
  const moved = at + (random.uniform() < 0.5 ? -size : size) * random.uniform();
  const turned = moved < 0 ? -moved : moved > 1 ? 2 - moved : moved;
  const found = valueAt(domain, [turned]) as number;
  if (domain.kind === "float" || found !== value) return found;
  // A whole number moves by one at least.
  const next = value + (moved < at ? -1 : 1);
  return next < domain.low || next > domain.high ? 2 * value - next : next;
}

/** Another value of a domain: of bits one is turned. */
export function mutateValue(domain: Domain, value: Setting, random: Random): Setting {
  if (domain.kind === "choice") return otherOf(domain.of, value, random);
  if (domain.kind === "bits") {
    const turned = random.integer(domain.length);
    return [...(value as string)]
      .map((bit, at) => (at === turned ? 1 - Number(bit) : bit))
      .join("");
  }
  return beside(domain, value as number, random);
}

/** Settings with the values of a record, and random ones for what exists only now. */
const completed = (
  space: Space,
  of: (parameter: Parameter) => Setting | undefined,
  random: Random,
): Settings => choose(space, (parameter) => of(parameter) ?? drawValue(parameter, random));

/** Settings with one coordinate changed; those that come into being with it are drawn. */
export function mutate(space: Space, settings: Settings, random: Random): Settings {
  const places = coordinatesOf(space).filter(({ parameter }) => {
    const one = space[parameter];
    return exists(one, settings) && !(one.kind === "choice" && one.of.length === 1);
  });
  if (places.length === 0) return settings;
  const changed = space[places[random.integer(places.length)].parameter];
  const value = mutateValue(changed, settings[changed.name], random);
  const of = ({ name }: Parameter) => (name === changed.name ? value : settings[name]);
  return completed(space, of, random);
}

/** Each parameter, and each bit, of one parent or the other (uniform crossover, Syswerda 1989). */
export function cross(space: Space, a: Settings, b: Settings, random: Random): Settings {
  const mixed = (parameter: Parameter): Setting | undefined => {
    const [one, other] = [a, b].map((settings) => settings[parameter.name]);
    if (one === undefined || other === undefined) return one ?? other;
    if (parameter.kind !== "bits") return random.uniform() < 0.5 ? one : other;
    return [...(one as string)]
      .map((bit, at) => (random.uniform() < 0.5 ? bit : (other as string)[at]))
      .join("");
  };
  return completed(space, mixed, random);
}
