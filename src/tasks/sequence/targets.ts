// Targets of strings: the tokens of each image, and the frames that it reaches. Behind it there is nothing to read; were a
// net free to say tokens there, it would put those that it need not see, as the point of every amount, and with them all
// that follow, where it sees nothing.

import { ctcFrames } from "../../automata/index.js";
import {
  type Affine,
  mapPoints,
  type Size,
  type TargetMaker,
  type TokenLabels,
} from "../../data/index.js";
import { InputError } from "../../inputError.js";
import { countFrames, FRAME_STRIDE } from "../../models/frames.js";

/** Input with the tokens of each image, -1 behind them, i32 [n, frames]. */
export const TOKENS = "tokens";

/** Input with the frames that an image reaches, i32 [n]. */
export const UNTIL = "until";

/** The tokens of an image. */
export const tokensOf = ({ of: { data, offsets } }: TokenLabels, at: number): Int32Array =>
  data.subarray(offsets[at], offsets[at + 1]);

/** Frames up to the right end of an image. */
function framesOf({ height, width }: Size, map: Affine): number {
  const corners = mapPoints([0, 0, width, 0, 0, height, width, height], map);
  return Math.ceil(Math.max(corners[0], corners[2], corners[4], corners[6]) / FRAME_STRIDE);
}

/** Makes the tokens of images of a size. Of a string that is longer than the frames only its beginning fits, without a path. */
export function tokenTargets(labels: TokenLabels, _: unknown, size: Size): TargetMaker {
  const length = countFrames(size);
  return {
    inputs: {
      [TOKENS]: { dtype: "i32", shape: [length] },
      [UNTIL]: { dtype: "i32", shape: [] },
    },
    fill({ indices, samples, sizes, maps }, { [TOKENS]: tokens, [UNTIL]: until }) {
      tokens.fill(-1);
      for (const [at, { partner }] of samples.entries()) {
        if (partner !== undefined) {
          throw new InputError("texts cannot be mixed; leave mixup out of the augmentations");
        }
        const own = tokensOf(labels, indices[2 * at]).subarray(0, length);
        tokens.set(own, at * length);
        // An augmentation may make an image narrower than its string.
        const reach = Math.max(framesOf(sizes[at], maps[at]), ctcFrames(own));
        until[at] = Math.min(length, reach);
      }
    },
  };
}
