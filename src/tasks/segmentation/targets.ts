// Targets of segmentation: masks that go the way of their images, by the nearest pixel.

import {
  type BatchPlan,
  IGNORED,
  type MaskLabels,
  type Sample,
  type TargetMaker,
} from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import { InputError } from "../../inputError.js";

/** Input with the class of each pixel, i32 [n, h, w]; what does not count is no class. */
export const MASK = "mask";

/** Writes a mask as seen through a sample's map; pixels from outside the image do not count. */
function warp(
  mask: Uint8Array,
  { map }: Sample,
  { from, to }: Pick<BatchPlan, "from" | "to">,
  into: Buffer,
  start: number,
): void {
  const [a, b, c, d, e, f] = map;
  for (let y = 0, at = start; y < to.height; y++) {
    for (let x = 0; x < to.width; x++, at++) {
      const sx = Math.floor(a * x + b * y + c + 0.5);
      const sy = Math.floor(d * x + e * y + f + 0.5);
      const inside = sx >= 0 && sy >= 0 && sx < from.width && sy < from.height;
      into[at] = inside ? mask[sy * from.width + sx] : IGNORED;
    }
  }
}

/** Makes the targets of images with masks of their size, for batches of `height` x `width`. */
export function maskTargets(
  { of }: MaskLabels,
  _: unknown,
  { height, width }: { readonly height: number; readonly width: number },
): TargetMaker {
  return {
    inputs: { [MASK]: { dtype: "i32", shape: [height, width] } },
    fill({ indices, samples, from, to }, { [MASK]: into }) {
      const pixels = from.height * from.width;
      for (const [at, sample] of samples.entries()) {
        if (sample.partner !== undefined) {
          throw new InputError("masks cannot be mixed; leave mixup out of the augmentations");
        }
        const own = indices[2 * at] * pixels;
        warp(of.subarray(own, own + pixels), sample, { from, to }, into, at * to.height * to.width);
      }
    },
  };
}
