// How well augmented images fit the images that a net has learned from (density matching; Lim, Kim, Kim, Kim and Kim 2019,
// "Fast AutoAugment", arXiv 1905.00397): the net's loss on them, of the best of several sub-policies for each image. No net is
// trained anew.

import { type Dataset, fromPolicy } from "../../data/index.js";
import type { Trained } from "../../runs/index.js";
import type { Settings } from "../../search/index.js";
import { policiesOf } from "./candidate.js";

/** The mean over images of the smallest loss that one of a candidate's sub-policies leaves. */
export async function densityLoss(
  net: Pick<Trained, "evaluate">,
  images: Dataset,
  candidate: Settings,
): Promise<number> {
  const least = new Float64Array(images.length).fill(Number.POSITIVE_INFINITY);
  for (const policy of policiesOf(candidate)) {
    const { losses } = await net.evaluate(images, [fromPolicy(policy)]);
    for (const [at, loss] of losses.entries()) least[at] = Math.min(least[at], loss);
  }
  return least.reduce((sum, loss) => sum + loss, 0) / images.length;
}
