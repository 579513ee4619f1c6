// Trains one net, or several that learn together, as a run: a folder that can be watched, interrupted and resumed
// bit for bit.

import { InputError } from "../inputError.js";
import { checkGiven, type TrainSettings } from "../train/config.js";
import type { Listener, Summary } from "../train/events.js";
import { type OwnParts, prepare } from "../train/prepare.js";
import { expectFree } from "./freeFolder.js";
import { openTraining, withSwarmDefaults } from "./fromConfig.js";
import { Run, type RunOptions } from "./run.js";
import { readRunConfig } from "./runConfig.js";
import { runStem } from "./runFiles.js";
import { RunFolder } from "./runFolder.js";

/** How {@link train} is watched and steered. */
export interface TrainOptions extends OwnParts, RunOptions {
  /** Hear every event, after the listeners that write the run folder. */
  readonly listeners?: readonly Listener[];
  /** Goes on with the run in `out`; its settings need not be given again. */
  readonly resume?: boolean;
}

/**
 * Trains a net, or with `settings.swarm` several that learn together: learns from the training data, chooses the
 * best epoch on the selection set, and tests its weights once at the end. Everything is written to the run folder
 * `out`.
 *
 * The same settings and data give the same weights, bit for bit, on the same engine with the same
 * number of threads; so does a run that was interrupted, or even killed, and resumed.
 *
 * @throws InputError for settings and data that cannot be used, before anything is written, and for a folder that
 * cannot be used; RangeError for shapes that do not fit; DivergedError when the loss is no longer finite.
 * @example
 * const summary = await train({ data: "mnist", model: "lenet5", steps: 10, out: "runs/short" });
 * summary.run; // "runs/short"
 */
export async function train(
  settings: Partial<TrainSettings>,
  options: TrainOptions = {},
): Promise<Summary> {
  checkGiven(settings);
  const { out } = settings;
  if (options.resume && out === undefined) {
    throw new InputError("setting out is missing: it names the folder of the run to resume");
  }
  const saved = options.resume ? await readRunConfig(out!) : undefined;
  if (!saved && out !== undefined) await expectFree(out);
  const given = saved || options.open ? settings : withSwarmDefaults(settings);
  const prepared = await prepare(given, options, saved);
  const { data, net, config } = prepared;
  const openFolder = async () => {
    if (saved) return RunFolder.resume(out!);
    if (out !== undefined) return RunFolder.create(out);
    return RunFolder.createNext(runStem(options.data ? data.name : config.data, net.model));
  };
  const session = await (options.open ?? openTraining)(prepared);
  try {
    const folder = await openFolder();
    try {
      return await new Run(prepared, session, folder, options).go(saved);
    } finally {
      folder.close();
    }
  } finally {
    await session.close();
  }
}
