// When a run ends.

import type { TrainConfig } from "../train/config.js";
import type { StopReason } from "../train/events.js";
import type { Progress } from "../train/progress.js";
import type { Training } from "../train/training.js";

/** Why a run ends at this point, or `undefined` when it goes on. */
export function stopReason(
  { epochs, patience, steps, gradients, minutes }: TrainConfig,
  progress: Progress,
  { stepsPerEpoch, batchSize }: Pick<Training, "stepsPerEpoch" | "batchSize">,
  aborted = false,
): StopReason | undefined {
  const { epoch, step, best, seconds } = progress;
  if (epoch >= epochs) return "finished";
  if (patience !== undefined && best && step === 0 && epoch - best.epoch >= patience) {
    return "patience";
  }
  if (steps !== undefined && epoch * stepsPerEpoch + step >= steps) return "steps";
  const pass = stepsPerEpoch * batchSize;
  if (gradients !== undefined && progress.work >= gradients * pass) return "gradients";
  const begun = epoch > 0 || step > 0;
  if (minutes !== undefined && begun && seconds >= 60 * minutes) return "minutes";
  return aborted ? "aborted" : undefined;
}
