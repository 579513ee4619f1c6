// A changed net becomes a run of its own, trained on or not.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompactNet } from "../../nn/index.js";
import type { MetricValues } from "../../tasks/index.js";
import type { NetInfo } from "../../train/weights.js";
import { ownSets } from "../ownSets.js";
import type { Trained } from "../trained.js";
import type { ChangedReport } from "./compressing.js";
import { lossOf } from "./expectFloat.js";
import { measured } from "./measured.js";
import { type Training, trainedOn } from "./trainedOn.js";

/** What a changed net is worth, `changed` before any training. */
interface Worth extends ChangedReport {
  readonly changed: MetricValues;
}

/** A net as it was changed, and what is known of it. */
interface Changed {
  readonly small: CompactNet;
  readonly info: NetInfo;
}

/**
 * Makes the run `out` of a changed net of `run`, whose own net is given as well. `undefined` when a signal has ended the
 * training.
 */
export async function intoRun(
  { run, out }: Pick<ChangedReport, "run" | "out">,
  net: Trained,
  { small, info }: Changed,
  training: Training,
): Promise<Worth | undefined> {
  const { epochs, watch, sets } = training;
  const start = epochs === 0 ? out : mkdtempSync(join(tmpdir(), "convoy-compress-"));
  try {
    const folders = { start, to: out };
    const { metrics: changed } = await trainedOn(folders, small, info, net.config, training);
    if (epochs > 0 && watch.signal?.aborted) return undefined;
    const before = await measured(run, training);
    const after = epochs === 0 ? changed : await measured(out, training);
    return {
      ...{ run, out, score: net.score, before, changed, after },
      images: (await ownSets(net, sets)).selection.length,
      lost: lossOf(net, before, after),
    };
  } finally {
    if (start !== out) rmSync(start, { recursive: true });
  }
}
