// Quantisers, and which of them go together. A new one is its file and one line here.

import { affineQuantiser } from "./affine.js";
import { apotQuantiser } from "./apot.js";
import { dorefaImageQuantiser, dorefaWeightQuantiser } from "./dorefa.js";
import { lsqQuantiser } from "./lsq.js";
import { pactQuantiser } from "./pact.js";
import { perChannelQuantiser } from "./perChannel.js";
import { powerOfTwoQuantiser } from "./powerOfTwo.js";
import type { Quantiser } from "./quantiser.js";
import { stochasticQuantiser } from "./stochastic.js";
import { symmetricQuantiser } from "./symmetric.js";

export { affine } from "./affine.js";
export { apot, sumsOfPowers } from "./apot.js";
export { dorefaImages, dorefaWeights } from "./dorefa.js";
export { type Grid, onGrid } from "./grid.js";
export { onLevels } from "./levels.js";
export { lsq } from "./lsq.js";
export { pact } from "./pact.js";
export { perChannel } from "./perChannel.js";
export { powerOfTwo } from "./powerOfTwo.js";
export type { OwnNumber, Quantiser, Site, Width } from "./quantiser.js";
export { stochastic } from "./stochastic.js";
export { symmetric } from "./symmetric.js";

/** A quantiser of weights and one of images. */
export interface Pair {
  readonly weights: Quantiser;
  readonly images: Quantiser;
}

/** By the name that settings have for them. Where a method is published for weights alone, steps of images are learned. */
export const quantisers = {
  affine: { weights: affineQuantiser, images: affineQuantiser },
  symmetric: { weights: symmetricQuantiser, images: symmetricQuantiser },
  "per-channel": { weights: perChannelQuantiser, images: affineQuantiser },
  "power-of-two": { weights: powerOfTwoQuantiser, images: lsqQuantiser },
  apot: { weights: apotQuantiser, images: lsqQuantiser },
  stochastic: { weights: stochasticQuantiser, images: lsqQuantiser },
  dorefa: { weights: dorefaWeightQuantiser, images: dorefaImageQuantiser },
  pact: { weights: perChannelQuantiser, images: pactQuantiser },
  lsq: { weights: lsqQuantiser, images: lsqQuantiser },
} as const satisfies Readonly<Record<string, Pair>>;
