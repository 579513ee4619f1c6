// Staves of music with what they show: random melodies, engraved.

import { agnosticOf, semanticOf } from "../music/index.js";
import { Random } from "../tensor/philox.js";
import { imageOf } from "./canvas.js";
import type { Line, LineMaker } from "./lines.js";
import { engrave } from "./music/engraver.js";
import { randomMelody, staveSigns } from "./music/melodies.js";

/** What staves are made by. */
export interface StaveOptions {
  /** Most bars; default 2. */
  readonly bars?: number;
}

/** Dark ink on paper. */
function printed(bytes: Uint8Array): Uint8Array {
  return bytes.map((ink) => 255 - ink);
}

/** The staff of a number, always the same of the same options and seed. */
export function stave(
  { bars = 2 }: StaveOptions,
  key: { readonly seed: number; readonly epoch: number; readonly step: number },
): Line {
  const random = new Random({ ...key, purpose: "make" });
  const melody = randomMelody(1 + random.integer(bars), random);
  const signs = agnosticOf(melody);
  const image = imageOf(engrave(signs, random));
  return {
    cells: { tokens: signs.join(" "), semantic: semanticOf(melody).join(" ") },
    image: { ...image, data: printed(image.data) },
  };
}

/** Staves, each part of melodies of its own. */
export const staveMaker = (options: StaveOptions, seed: number): LineMaker => ({
  vocabulary: staveSigns(),
  train: (step) => stave(options, { seed, epoch: 0, step }),
  selection: (step) => stave(options, { seed, epoch: 1, step }),
  test: (step) => stave(options, { seed, epoch: 2, step }),
});
