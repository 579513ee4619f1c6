// The one entry to training: a net, or a swarm of them when the settings or the options say so.

import { openTraining } from "../runs/fromConfig.js";
import { track } from "../runs/listeners/track.js";
import {
  type Summary,
  type TrainOptions,
  type TrainSettings,
  train as trainRun,
} from "../train/index.js";

/**
 * Trains a net, or with `settings.swarm` several that learn together, as a run. See the trainer of
 * `convoy/train`, which this is but for knowing swarms by name.
 *
 * @throws as the trainer does, and InputError for a swarm that cannot be.
 */
export const train = (
  settings: Partial<TrainSettings>,
  { listeners = [], ...options }: TrainOptions = {},
): Promise<Summary> =>
  trainRun(settings, { open: openTraining, ...options, listeners: [track(), ...listeners] });
