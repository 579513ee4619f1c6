// The learning rate of a step: a pure function of the settings and of what was evaluated so far, so that a
// resumed run has the same one.

import { InputError } from "../inputError.js";
import { getSchedule } from "../optim/index.js";
import type { TrainConfig } from "./config.js";

/** Losses on the selection set of the finished epochs, for a schedule that looks at them. */
export type Losses = readonly number[];

/** Rates of a run's steps, which count from 0. */
export interface LearningRate {
  /** A warm-up rises in a line up to the schedule. */
  at(step: number, losses?: Losses): number;
  /** What the schedule leaves of its peak, whatever the warm-up. */
  factor(step: number, losses?: Losses): number;
}

/** How a rate that suits one batch size becomes that of another, k times as large. */
const scalings: Readonly<Record<TrainConfig["scale"], (k: number) => number>> = {
  none: () => 1,
  linear: (k) => k,
  sqrt: Math.sqrt,
};

/** Settings that make the learning rate. */
export type RateConfig = Pick<
  TrainConfig,
  "lr" | "schedule" | "warmup" | "epochs" | "batch" | "scale" | "baseBatch"
>;

/** Throws an `InputError` for an unknown schedule and for a list of rates. The run's length is that of all its epochs. */
export function learningRate(config: RateConfig, stepsPerEpoch: number): LearningRate {
  const { lr, schedule, warmup, epochs, batch, scale, baseBatch } = config;
  if (typeof lr === "string") {
    throw new InputError(`setting lr: "${lr}" is not a number; a list of rates needs a swarm`);
  }
  const peak = lr * scalings[scale](batch / baseBatch);
  const total = epochs * stepsPerEpoch;
  const rising = Math.round(warmup * stepsPerEpoch);
  const { factor: factorAt } = getSchedule(schedule);
  const factor = (step: number, losses: Losses = []) => factorAt({ step, total, losses });
  return {
    at: (step, losses) => peak * factor(step, losses) * Math.min(1, (step + 1) / (rising + 1)),
    factor,
  };
}
