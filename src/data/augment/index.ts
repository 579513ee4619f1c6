// All augmentations, and how a user names them.

import { InputError } from "../../inputError.js";
import { unknownName } from "../../text/words.js";
import type { Augmentation, AugmentationKind } from "./augmentation.js";
import { crop } from "./crop.js";
import { cutmix } from "./cutmix.js";
import { cutout } from "./cutout.js";
import { erase } from "./erase.js";
import { flip } from "./flip.js";
import { mixup } from "./mixup.js";
import type { OperationName } from "./operations.js";
import { readPolicy } from "./policies/file.js";
import { policies, withNumbers } from "./policies/index.js";
import { fromPolicy, type Policy, without } from "./policies/policy.js";
import { randomResizedCrop } from "./randomResizedCrop.js";
import { rotate } from "./rotate.js";
import { scale } from "./scale.js";
import { shift } from "./shift.js";

export const augmentations: readonly AugmentationKind[] = [
  randomResizedCrop,
  crop,
  flip,
  shift,
  rotate,
  scale,
  cutout,
  erase,
  mixup,
  cutmix,
];

/**
 * An augmentation with its strength fixed; the kind's usual one by default.
 *
 * @throws InputError when the strength is out of range; it says what it means.
 * @example
 * const [, crop] = augmentations;
 * augmentation(crop).strength; // 0.125
 */
export function augmentation(kind: AugmentationKind, strength = kind.usual): Augmentation {
  if (!(strength >= 0 && strength <= kind.largest)) {
    throw new InputError(
      `${kind.name}=${strength}: expected ${kind.meaning}, from 0 to ${kind.largest} ` +
        `(usual: ${kind.usual})`,
    );
  }
  return {
    name: kind.name,
    strength,
    ...(kind.blends && { blends: true }),
    apply: (sample, random, size) => kind.apply(sample, random, size, strength),
  };
}

/** An augmentation as a user names it: with a strength, or with numbers of a policy. */
interface Named {
  readonly name: string;
  /** What stands behind the `=`. */
  readonly given?: string | undefined;
}

const isFile = (name: string) => name.endsWith(".json");

/** The names in a text, and what stands behind them. */
function namesIn(text: string): Named[] {
  if (text.trim() === "" || text.trim() === "none") return [];
  const named = text.split(",").map((part): Named => {
    const [, name, given] = /^\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(part)!;
    return { name, given };
  });
  for (const [at, { name }] of named.entries()) {
    if (named.findIndex((other) => other.name === name) < at) {
      throw new InputError(`augmentation "${name}" is given twice in "${text}"`);
    }
  }
  return named;
}

/** The policy that is named; `undefined` for any other name. */
function policyNamed({ name, given }: Named): Policy | undefined {
  const policy = isFile(name) ? readPolicy(name) : policies.find((one) => one.name === name);
  return policy && given !== undefined ? withNumbers(policy, given) : policy;
}

/**
 * The policies among augmentations as a user writes them.
 *
 * @throws InputError as {@link parseAugmentations} does.
 */
export const policiesIn = (text: string): Policy[] =>
  namesIn(text).flatMap((named) => policyNamed(named) ?? []);

/** A text of augmentations in which the paths of policies are other ones. */
export const withPolicyPaths = (text: string, pathOf: (path: string) => string): string =>
  text.replace(/[^,=]+\.json(?=\s*(=|,|$))/g, (path) => pathOf(path.trim()));

/**
 * Reads augmentations as a user writes them: names with a comma between, each with `=strength` if not
 * the usual one. They work in the order given, policies before all others. A policy is a name or the path of a JSON file,
 * behind which may stand how many of its sub-policies are drawn, and their level, as `rand=2x9`. `none` and nothing at all
 * mean none.
 *
 * @param leftOut operations that policies do without
 * @throws InputError for an unknown name, a strength out of range, or a name that comes twice.
 * @example
 * parseAugmentations("crop,flip,rotate=10").map(({ strength }) => strength); // [0.125, 0.5, 10]
 */
export function parseAugmentations(
  text: string,
  leftOut: readonly OperationName[] = [],
): Augmentation[] {
  const named = namesIn(text);
  refuseTwins(named, text);
  return named.map((one) => {
    const policy = policyNamed(one);
    return policy ? fromPolicy(without(policy, leftOut)) : parseOne(one);
  });
}

/** Refuses augmentations of which the later one would undo the earlier. */
function refuseTwins(named: readonly Named[], text: string): void {
  const kinds = named.flatMap(({ name }) => augmentations.find((kind) => kind.name === name) ?? []);
  for (const [at, { name, sets }] of kinds.entries()) {
    const twin = kinds.slice(0, at).find((other) => sets !== undefined && other.sets === sets);
    if (!twin) continue;
    throw new InputError(
      `augmentations ${twin.name} and ${name} in "${text}": the second would undo the first; expected one of them`,
    );
  }
}

function parseOne({ name, given }: Named): Augmentation {
  const known = [...augmentations.map((kind) => kind.name), ...policies.map((one) => one.name)];
  const kind = augmentations.find((one) => one.name === name);
  if (!kind) throw unknownName("augmentation", name, known);
  if (given === "") {
    throw new InputError(`${name}= has no number behind it; expected ${kind.meaning}`);
  }
  return augmentation(kind, given === undefined ? undefined : Number(given));
}
