// What a run that is over came to.

import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../files/json.js";
import type { Summary } from "../train/index.js";
import { runFiles } from "./runFiles.js";

/** Metrics by name; null for one that could not be told. */
const metrics = z.record(z.string(), z.number().nullable());

/** What others reckon with. */
const schema = z.looseObject({
  epochs: z.int().min(0),
  score: z.looseObject({ metric: z.string() }),
  best: metrics,
  test: metrics.optional(),
  particles: z.array(metrics).optional(),
  bytesSent: z.number().optional(),
});

/**
 * Reads the summary of a run that is over.
 *
 * @throws InputError naming what is missing or wrong in it.
 */
export const readSummary = async (run: string): Promise<Summary> =>
  (await readJson(join(run, runFiles.summary), schema)) as unknown as Summary;
