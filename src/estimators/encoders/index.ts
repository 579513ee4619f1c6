// The registry of encoders. A new one is its file, its test and one line here.

import { byName } from "../../text/words.js";
import { pcaEncoder, zcaEncoder } from "./components.js";
import { dbn } from "./dbn.js";
import type { Encoder, FittedEncoder, SavedEncoder } from "./encoder.js";
import { hog } from "./hog.js";
import { kmeansFeatures } from "./kmeansFeatures.js";
import type { Multiply } from "./products.js";
import { psd } from "./psd.js";
import { gaussianRbm, rbm } from "./rbm.js";
import { sparseCoding } from "./sparseCoding.js";

export type {
  Encoder,
  EncoderFit,
  FitContext,
  FittedEncoder,
  SavedEncoder,
} from "./encoder.js";
export { type FistaOptions, fista, sparseLosses } from "./fista.js";
export { type HogOptions, orientedGradients } from "./orientedGradients.js";
export { type Multiply, multiplied } from "./products.js";
export { dbn, gaussianRbm, hog, kmeansFeatures, pcaEncoder, psd, rbm, sparseCoding, zcaEncoder };

/** All families of encoders. */
export const encoders: readonly Encoder[] = [
  pcaEncoder,
  zcaEncoder,
  kmeansFeatures,
  sparseCoding,
  psd,
  rbm,
  gaussianRbm,
  dbn,
  hog,
];

/** The family with a name; throws an `InputError` when there is none. */
export const getEncoder = (name: string): Encoder => byName("encoder", name, encoders);

/** The encoder that was saved; throws an `InputError` for a family that there is not. */
export const openEncoder = (saved: SavedEncoder, multiply?: Multiply): FittedEncoder =>
  getEncoder(saved.encoder).open(saved, multiply);
