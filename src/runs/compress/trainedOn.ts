// A compressed net on its way to a run: written, measured, and trained on.

import { join } from "node:path";
import { settled } from "../../compress/index.js";
import { hideWeights } from "../../compress/passes/index.js";
import type { CompactNet } from "../../nn/index.js";
import type { MetricValues } from "../../tasks/index.js";
import type { TrainSettings } from "../../train/index.js";
import type { NetInfo } from "../../train/weights.js";
import type { RunConfig } from "../runConfig.js";
import { runFiles } from "../runFiles.js";
import type { TrainOptions } from "../train.js";
import { writeCompressed } from "./compressedRun.js";
import { finetune } from "./finetune.js";
import { type Measuring, measured } from "./measured.js";

/** How compressed nets are trained on, and where. */
export interface Training extends Measuring {
  /** None for nets that stay as they are. */
  readonly epochs: number;
  readonly lr?: number;
  readonly watch: Pick<TrainOptions, "listeners" | "signal" | "onProgress">;
}

/** Folders of the net before it is trained on, and after; the same where it is not. */
export interface Folders {
  readonly start: string;
  readonly to: string;
}

/** What is known of a net before any training. */
export interface Untrained {
  readonly metrics: MetricValues;
}

/** Writes a net with the settings of the run that it comes from, measures it, and trains it on. */
export async function trainedOn(
  { start, to }: Folders,
  net: CompactNet,
  info: NetInfo,
  config: RunConfig,
  training: Training,
): Promise<Untrained> {
  const { epochs, lr, engine, sets, watch } = training;
  // Training goes on from the numbers as they are; what is final is kept as what it counts as, and is packed.
  const final = epochs === 0 && hideWeights(info.passes);
  const kept = final ? { ...net, w: settled(net.net, net.w) } : net;
  await writeCompressed(start, kept, info, config);
  const metrics = await measured(start, training);
  if (epochs > 0) {
    const given = { epochs, lr, out: to, data: sets.data, ...engine } as TrainSettings;
    await finetune(join(start, runFiles.best), config, given, watch);
  }
  return { metrics };
}
