// Training a whole net on few labels, from a run's weights and from none.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Splits } from "../../data/index.js";
import { type Trained, train } from "../../runs/index.js";

/** Settings of fine-tuning. */
export interface FineTuneOptions {
  readonly seed: number;
  readonly epochs: number;
  /** A run to start from; default at random. */
  readonly from?: string;
}

/** Accuracy on the test images of the run's model after training on others. */
export async function fineTuned(
  { info, config }: Pick<Trained, "info" | "config">,
  data: Required<Pick<Splits, "train" | "selection" | "test">>,
  { seed, epochs, from }: FineTuneOptions,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "convoy-probe-"));
  const { engine, threads, fit } = config.settings;
  try {
    const { test } = await train(
      {
        ...{ data: data.train.name, task: "classify", model: info.model, seed, epochs, fit },
        ...{ engine, threads, size: info.input[1], augment: "crop,flip", out: join(folder, "run") },
        ...(from !== undefined && { pretrained: from }),
        batch: Math.min(64, data.train.length),
      },
      { data },
    );
    return test!.accuracy;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
