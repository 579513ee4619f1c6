// The learning rate of a step: a pure function of the settings, so that a resumed run has the same one.

import { getSchedule } from "../optim/index.js";
import { ConfigError, type TrainConfig } from "./config.js";

/** The rate of step number `step` of the run, from 0. A warm-up rises in a line up to the schedule. */
export type LearningRate = (step: number) => number;

/** Throws a `RangeError` for an unknown schedule, a `ConfigError` for a list of rates. The run's length is that of all its epochs. */
export function learningRate(
  { lr, schedule, warmup, epochs }: Pick<TrainConfig, "lr" | "schedule" | "warmup" | "epochs">,
  stepsPerEpoch: number,
): LearningRate {
  if (typeof lr === "string") {
    throw new ConfigError(`setting lr: "${lr}" is not a number; a list of rates needs a swarm`);
  }
  const { factor } = getSchedule(schedule);
  const total = epochs * stepsPerEpoch;
  const rising = Math.round(warmup * stepsPerEpoch);
  return (step) => lr * factor({ step, total }) * Math.min(1, (step + 1) / (rising + 1));
}
