// Trains with progress on the console: what `train` and `demo` share.

import { train } from "../runs/index.js";
import type { Listener, Summary, TrainSettings } from "../train/index.js";
import { type Console, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { showProgress, showResult } from "./progress.js";
import { showReading } from "./reading.js";

/** How a run is shown. */
export interface ShowOptions {
  /** Only warnings and the result. */
  readonly quiet?: boolean;
  /** One object on standard output, progress on standard error. */
  readonly json?: boolean;
}

/**
 * Trains, or goes on with the run in `settings.out`.
 *
 * @throws Interrupted when Ctrl-C ended it; everything is saved by then.
 */
export async function trainAndShow(
  settings: Partial<TrainSettings>,
  { resume = false, quiet, json }: ShowOptions & { readonly resume?: boolean },
  console: Console,
): Promise<void> {
  const stream = json ? console.err : console.out;
  const show = quiet ? showResult(stream) : showProgress(stream, { steps: settings.steps });
  const onProgress = showReading(console.err);
  let interrupted = false;
  const watch: Listener = (event) => {
    interrupted ||= event.type === "runEnd" && event.reason === "aborted";
  };
  const summary: Summary = await interruptible(
    (signal) => train(settings, { listeners: [show, watch], signal, resume, onProgress }),
    (line) => say(console.err, line),
  );
  if (json) sayJson(console, summary);
  if (interrupted) {
    throw new Interrupted(`saved; go on with: convoy train --resume ${summary.run}`);
  }
}
