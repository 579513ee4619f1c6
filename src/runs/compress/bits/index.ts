// The registry of ways to choose bits. A new one is its file and one line here.

import { byName } from "../../../text/words.js";
import type { BitChooser } from "./chooser.js";
import { edmips } from "./edmips.js";
import { evolution } from "./evolution.js";
import { fracbits } from "./fracbits.js";
import { hawq } from "./hawq.js";
import { zeroq } from "./zeroq.js";

/** Every way to choose bits. */
export const bitChoosers: readonly BitChooser[] = [hawq, zeroq, evolution, fracbits, edmips];

/**
 * A way to choose bits by name.
 *
 * @throws InputError for an unknown name, with the nearest known one.
 */
export const getBitChooser = (name: string): BitChooser =>
  byName("way to choose bits", name, bitChoosers);
