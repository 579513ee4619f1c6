// What a run's best weights are worth on the images that chose them.

import type { EngineOptions } from "../../engine/index.js";
import type { MetricValues } from "../../tasks/index.js";
import { type OwnSetsOptions, ownSets } from "../ownSets.js";
import { openTrained } from "../trained.js";

/** Where nets compute, and where the images of their runs are. */
export interface Measuring {
  readonly engine: EngineOptions;
  readonly sets: OwnSetsOptions;
}

/** Loss and metrics of a run's best weights on its selection images. */
export async function measured(run: string, { engine, sets }: Measuring): Promise<MetricValues> {
  const net = await openTrained(run, engine);
  try {
    const { selection } = await ownSets(net, sets);
    const { loss, metrics } = await net.evaluate(selection);
    return { loss, ...metrics };
  } finally {
    await net.close();
  }
}
