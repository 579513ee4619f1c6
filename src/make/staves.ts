// Staves of music with what they show: random melodies, engraved.

import { InputError } from "../inputError.js";
import { agnosticOf, semanticOf } from "../music/index.js";
import { Random } from "../tensor/philox.js";
import { photographed } from "./camera.js";
import { imageOf } from "./canvas.js";
import type { Line, LineMaker } from "./lines.js";
import { engrave } from "./music/engraver.js";
import { randomMelody, staveSigns } from "./music/melodies.js";

/** What staves are made by. */
export interface StaveOptions {
  /** Most bars, up to {@link MOST_BARS}; default 2. */
  readonly bars?: number;
  /** As a camera sees them; default as they are printed. */
  readonly camera?: boolean;
}

/** Bars that stand on one line at most. */
export const MOST_BARS = 16;

/** Dark ink on paper. */
function printed(bytes: Uint8Array): Uint8Array {
  return bytes.map((ink) => 255 - ink);
}

/** The staff of a number, always the same of the same options and seed. */
export function stave(
  { bars = 2, camera = false }: StaveOptions,
  key: { readonly seed: number; readonly epoch: number; readonly step: number },
): Line {
  const random = new Random({ ...key, purpose: "make" });
  const melody = randomMelody(1 + random.integer(bars), random);
  const signs = agnosticOf(melody);
  const image = imageOf(engrave(signs, random));
  const print = { ...image, data: printed(image.data) };
  return {
    cells: { tokens: signs.join(" "), semantic: semanticOf(melody).join(" ") },
    image: camera ? photographed(print, random) : print,
  };
}

/**
 * Staves, each part of melodies of its own.
 *
 * @throws InputError for more bars than a line has.
 */
export function staveMaker(options: StaveOptions, seed: number): LineMaker {
  const { bars = 2 } = options;
  if (!(Number.isInteger(bars) && bars >= 1 && bars <= MOST_BARS)) {
    throw new InputError(`staves of ${bars} bars; expected a whole number from 1 to ${MOST_BARS}`);
  }
  const part = (epoch: number) => (step: number) => stave(options, { seed, epoch, step });
  return { vocabulary: staveSigns(), train: part(0), selection: part(1), test: part(2) };
}
