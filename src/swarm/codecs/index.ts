// The compressors by name. A new one is its file, its test, a row in the shared suite's table and one
// line here.

import { byName } from "../../text/words.js";
import type { CompressorKind } from "./codec.js";
import { dgc } from "./dgc.js";
import { none } from "./none.js";
import { oneBit } from "./oneBit.js";
import { powerSgd } from "./powerSgd.js";
import { qsgd } from "./qsgd.js";
import { sign } from "./sign.js";
import { ternGrad } from "./ternGrad.js";
import { topK } from "./topK.js";

export * from "./codec.js";
export { withFeedback } from "./feedback.js";

const all: readonly CompressorKind[] = [none, sign, oneBit, qsgd, ternGrad, topK, dgc, powerSgd];

/** Every kind of compressor. */
export const compressors = (): readonly CompressorKind[] => all;

/**
 * A kind of compressor by name; throws an `InputError` that suggests the nearest one.
 *
 * @example
 * const layout = layoutOf([{ name: "weight", shape: [2, 3], kind: "weight" }]);
 * const topK = getCompressor("top-k").make({ share: 0.5 })(layout);
 * const moment = { seed: 1, particle: 0, epoch: 0, step: 0, particles: 1 };
 * const message = topK.encode(Float32Array.of(1, -4, 0, 3, 0, 2), {}, moment);
 * [...topK.decode(message)]; // [0, -4, 0, 3, 0, 2]
 */
export const getCompressor = (name: string): CompressorKind => byName("compressor", name, all);
