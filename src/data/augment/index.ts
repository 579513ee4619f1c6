// All augmentations, and how a user names them.

import { InputError } from "../../inputError.js";
import { byName } from "../../text/words.js";
import type { Augmentation, AugmentationKind } from "./augmentation.js";
import { crop } from "./crop.js";
import { cutout } from "./cutout.js";
import { flip } from "./flip.js";
import { mixup } from "./mixup.js";
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
  mixup,
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
    apply: (sample, random, size) => kind.apply(sample, random, size, strength),
  };
}

/**
 * Reads augmentations as a user writes them: names with a comma between, each with `=strength` if not
 * the usual one. They work in the order given. `none` and nothing at all mean none.
 *
 * @throws InputError for an unknown name, a strength out of range, or a name that comes twice.
 * @example
 * parseAugmentations("crop,flip,rotate=10").map(({ strength }) => strength); // [0.125, 0.5, 10]
 */
export function parseAugmentations(text: string): Augmentation[] {
  if (text.trim() === "" || text.trim() === "none") return [];
  const parsed = text.split(",").map(parseOne);
  for (const [at, { name }] of parsed.entries()) {
    if (parsed.findIndex((other) => other.name === name) < at) {
      throw new InputError(`augmentation "${name}" is given twice in "${text}"`);
    }
  }
  return parsed;
}

function parseOne(text: string): Augmentation {
  const [, name, strength] = /^\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(text)!;
  const kind = byName("augmentation", name, augmentations);
  if (strength === "") {
    throw new InputError(`${name}= has no number behind it; expected ${kind.meaning}`);
  }
  return augmentation(kind, strength === undefined ? undefined : Number(strength));
}
