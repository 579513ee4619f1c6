// A training that is no run: a few steps of a net, to see what settings do. Nothing is written.

import { createEngine, type Engine } from "../engine/index.js";
import type { TrainSettings } from "../train/index.js";
import {
  type Learner,
  type LearnerPrograms,
  openLearner,
  openPrograms,
  type StepResult,
} from "../train/index.js";
import { type OwnParts, type Prepared, prepare } from "../train/prepare.js";

/** A net at its start, and what it was made of. */
export interface Trial {
  readonly engine: Engine;
  readonly prepared: Prepared;
  readonly programs: LearnerPrograms;
  readonly learner: Learner;
}

/** Opens a net with a run's settings, works with it and frees everything. */
export async function withTrial<T>(
  settings: Partial<TrainSettings>,
  own: OwnParts,
  work: (trial: Trial) => Promise<T>,
): Promise<T> {
  const prepared = await prepare(settings, own);
  const engine = await createEngine(prepared.config);
  try {
    const programs = await openPrograms(engine, prepared, { gradients: true });
    const learner = await openLearner(engine, prepared, { programs });
    return await work({ engine, prepared, programs, learner });
  } finally {
    await engine.close();
  }
}

/** Trains on the steps [from, to) counted over epochs. */
export async function learnSteps(
  learner: Learner,
  from: number,
  to: number,
  onStep: (result: StepResult) => void,
): Promise<void> {
  const { stepsPerEpoch } = learner;
  for (let at = from; at < to; ) {
    const epoch = Math.floor(at / stepsPerEpoch);
    const end = Math.min(to, (epoch + 1) * stepsPerEpoch);
    const range = { epoch, from: at - epoch * stepsPerEpoch, to: end - epoch * stepsPerEpoch };
    await learner.learn(range, onStep);
    at = end;
  }
}
