// Targets of segmentation: masks that go the way of their images, by the nearest pixel.

import {
  type Affine,
  IGNORED,
  type MaskLabels,
  type Size,
  type TargetMaker,
} from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import { InputError } from "../../inputError.js";

/** Input with the class of each pixel, i32 [n, h, w]; what does not count is no class. */
export const MASK = "mask";

/** A mask of a size seen through a map, as big as `to`; pixels from outside the image do not count. */
function warp(
  mask: Uint8Array,
  { height, width }: Size,
  [a, b, c, d, e, f]: Affine,
  to: Size,
  into: Buffer,
): void {
  for (let y = 0, at = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++, at++) {
      const sx = Math.floor(a * x + b * y + c + 0.5);
      const sy = Math.floor(d * x + e * y + f + 0.5);
      const inside = sx >= 0 && sy >= 0 && sx < width && sy < height;
      into[at] = inside ? mask[sy * width + sx] : IGNORED;
    }
  }
}

/** Makes the targets of images with masks of their sizes, for batches of `height` x `width`. */
export function maskTargets(
  { of: { data, offsets } }: MaskLabels,
  _: unknown,
  { height, width }: Size,
): TargetMaker {
  const pixels = height * width;
  return {
    inputs: { [MASK]: { dtype: "i32", shape: [height, width] } },
    fill({ indices, samples, sizes, maps, to }, { [MASK]: into }) {
      for (const [at, sample] of samples.entries()) {
        if (sample.partner !== undefined) {
          throw new InputError("masks cannot be mixed; leave mixup out of the augmentations");
        }
        const image = indices[2 * at];
        const mask = data.subarray(offsets[image], offsets[image + 1]);
        warp(mask, sizes[at], maps[at], to, into.subarray(at * pixels, (at + 1) * pixels));
      }
    },
  };
}
