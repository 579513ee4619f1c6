// Targets of strings: the tokens of each image, behind them none.

import type { Size, TargetMaker, TokenLabels } from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { countFrames } from "../../models/frames.js";

/** Input with the tokens of each image, -1 behind them, i32 [n, frames]. */
export const TOKENS = "tokens";

/** The tokens of an image. */
export const tokensOf = ({ of: { data, offsets } }: TokenLabels, at: number): Int32Array =>
  data.subarray(offsets[at], offsets[at + 1]);

/** Makes the tokens of images of a size. Of a string that is longer than the frames only its beginning fits, without a path. */
export function tokenTargets(labels: TokenLabels, _: unknown, size: Size): TargetMaker {
  const length = countFrames(size);
  return {
    inputs: { [TOKENS]: { dtype: "i32", shape: [length] } },
    fill({ indices, samples }, { [TOKENS]: tokens }) {
      tokens.fill(-1);
      for (const [at, { partner }] of samples.entries()) {
        if (partner !== undefined) {
          throw new InputError("texts cannot be mixed; leave mixup out of the augmentations");
        }
        tokens.set(tokensOf(labels, indices[2 * at]).subarray(0, length), at * length);
      }
    },
  };
}
