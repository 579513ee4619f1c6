// Several views of one image, whose answers are averaged: what a net says shall not hang on which side is up.

import { byName } from "../text/words.js";
import type { Affine } from "./geometry.js";

/** Ways to see an image, as maps of its pixels seen from its centre. */
export interface Views {
  readonly name: string;
  /** In words, for help. */
  readonly meaning: string;
  readonly maps: readonly Affine[];
  /** Whether height and width change places, so that images must be squares. */
  readonly square: boolean;
}

const SIGNS = [1, -1] as const;
const upright = SIGNS.flatMap((y) => SIGNS.map((x): Affine => [x, 0, 0, 0, y, 0]));
const turned = SIGNS.flatMap((y) => SIGNS.map((x): Affine => [0, x, 0, y, 0, 0]));

/** Every kind of views. */
export const views: readonly Views[] = [
  { name: "flip", meaning: "as it is and mirrored", maps: upright.slice(0, 2), square: false },
  {
    name: "dihedral",
    meaning: "in all eight ways that a square can lie",
    maps: [...upright, ...turned],
    square: true,
  },
];

/**
 * Views by name.
 *
 * @throws InputError for an unknown name.
 * @example
 * getViews("dihedral").maps.length; // 8
 */
export const getViews = (name: string): Views => byName("views", name, views);
