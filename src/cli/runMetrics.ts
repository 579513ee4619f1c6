// How metrics of a run's task are told.

import { openTrained } from "../runs/index.js";
import type { EngineFlags } from "./engineFlags.js";

/** The metrics of a run's task. */
export async function runMetrics(run: string, { engine, threads }: EngineFlags) {
  const net = await openTrained(run, { engine, threads });
  await net.close();
  return net.task.metrics;
}

export type RunMetrics = Awaited<ReturnType<typeof runMetrics>>;
