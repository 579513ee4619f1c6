// JSON files of a run folder, checked before the page is told of them: a folder may be anybody's.

import { z } from "zod";
import type { Ending, LiveStatus } from "./api.js";

const number = z.number();
/** A number that JSON has none for is null. */
const known = z.number().nullable();
const metrics = z.record(z.string(), known);

const particle = z.object({
  particle: number,
  lr: known,
  loss: known,
  metrics,
  healthy: z.boolean(),
  move: known,
  chosen: number.optional(),
  rateFactor: number,
  restored: number,
  behind: number,
  score: known.optional(),
  bestScore: known.optional(),
});

/** live.json */
export const liveStatus = z.object({
  written: number,
  epoch: number,
  epochs: number,
  step: number,
  stepsPerEpoch: number,
  loss: known.optional(),
  metrics: metrics.optional(),
  lr: number.optional(),
  imagesPerSecond: number.optional(),
  secondsLeft: number.optional(),
  memory: z.object({ programs: number, process: number }),
  stoppable: z.boolean(),
  particles: z.array(particle).optional(),
}) as unknown as z.ZodType<LiveStatus>;

/** summary.json */
export const ending: z.ZodType<Ending> = z.object({
  best: z.object({ epoch: number, score: number }).optional(),
  test: metrics.optional(),
  imagesPerSecond: number,
  seconds: number,
});
