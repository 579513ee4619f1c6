// What a finished run says from which confidence on, chosen on the images that chose its best epoch.

import { join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { lockFolder } from "../files/lock.js";
import { InputError } from "../inputError.js";
import { netOf } from "../nn/index.js";
import type { Constants, MetricValues } from "../tasks/index.js";
import { encodeWeights } from "../train/weights.js";
import { ownSets } from "./ownSets.js";
import { readRunConfig } from "./runConfig.js";
import { runFiles } from "./runFiles.js";
import { type OpenTrainedOptions, openTrained } from "./trained.js";

/** What was chosen, and what it is worth on the images that chose it. */
export interface Decided {
  readonly images: number;
  readonly constants: Constants;
  readonly before: MetricValues;
  readonly after: MetricValues;
}

/**
 * Chooses the thresholds of a run of tags, the score of a run of boxes, or the confidence of a run of lines, on its selection images, and saves them with
 * its best weights: `eval` and `predict` go by them from then on. The test images have no part in it.
 *
 * @throws InputError for a task that has nothing to choose, and as {@link openTrained} does.
 */
export async function tuneDecision(
  run: string,
  options: OpenTrainedOptions = {},
): Promise<Decided> {
  // A folder that is no run is not to be locked.
  await readRunConfig(run);
  const lock = lockFolder(run);
  try {
    const net = await openTrained(run, options);
    try {
      if (net.config.settings.selection === 0) {
        throw new InputError(
          `${run} was trained with selection 0: it has learned from all images, so that none are left to choose by`,
        );
      }
      const { selection } = await ownSets(net);
      const { metrics: before } = await net.evaluate(selection);
      const constants = await net.tuned(selection);
      const { layout } = netOf(net.model, 1, { training: false });
      const bytes = encodeWeights(layout, await net.w.read(), { ...net.info, constants });
      await writeFileAtomic(join(run, runFiles.best), bytes);
      const tuned = await openTrained(run, options);
      const { metrics: after } = await tuned.evaluate(selection);
      await tuned.close();
      return { images: selection.length, constants, before, after };
    } finally {
      await net.close();
    }
  } finally {
    lock.release();
  }
}
