// The images that a run learned from, found again.

import { type Dataset, draw, subset } from "../data/index.js";
import { InputError } from "../inputError.js";
import type { RunConfig } from "../runs/index.js";
import { Random } from "../tensor/philox.js";
import { dataDifference, fingerprint } from "../train/fingerprint.js";
import { openData } from "../train/openData.js";

/**
 * Images that a run was trained on: at most `count` of them, drawn by `seed` (default 1); all when no
 * count is given.
 *
 * @throws InputError when the data that the run names are no longer those that it was made with, InputError
 * when they cannot be read.
 */
export async function trainingImages(
  { settings, data, startedIn }: RunConfig,
  count = Number.POSITIVE_INFINITY,
  seed = 1,
): Promise<Dataset> {
  const splits = await openData(settings, { from: startedIn, kind: data.labels });
  const difference = dataDifference(data, fingerprint(splits));
  if (difference) {
    throw new InputError(
      `${settings.data} is not what the run was trained on: ${difference}; ` +
        "its training images are needed",
    );
  }
  const { train } = draw(splits, settings);
  if (train.length <= count) return train;
  const order = new Random({ seed, purpose: "split" }).permutation(train.length);
  return subset(train, order.subarray(0, count));
}
