// Trains with progress on the console: what `train` and `demo` share.

import { dirname } from "node:path";
import { InputError } from "../inputError.js";
import { epochsIn, train } from "../runs/index.js";
import type { Studio } from "../studio/index.js";
import { clock, counted } from "../text/format.js";
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
  /** Serves a page that shows the run while it trains. */
  readonly watch?: boolean;
}

/** What a run is begun with. */
export interface BeginOptions extends ShowOptions {
  readonly resume?: boolean;
  /** Seconds that it may take: as many epochs as fit. */
  readonly time?: number;
}

/** Settings with the epochs that fit into a time. */
async function fittedTo(
  seconds: number,
  settings: Partial<TrainSettings>,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<Partial<TrainSettings>> {
  if (settings.epochs !== undefined) {
    throw new InputError("--time and epochs exclude each other: it chooses how many there are");
  }
  tell(`time: ${clock(seconds)}; measuring what an epoch takes`);
  try {
    const { epochs, epochSeconds } = await epochsIn(seconds, settings, { signal });
    tell(`time: ${counted(epochs, "epoch")} of ${epochSeconds.toPrecision(2)} s`);
    return { ...settings, epochs };
  } catch (error) {
    throw signal.aborted ? new Interrupted("interrupted; nothing was kept") : error;
  }
}

/** Opens a page beside a run as soon as there is a run. */
function watcher(console: Console) {
  let studio: Studio | undefined;
  const listen: Listener = async (event) => {
    if (event.type !== "runStart" || studio) return;
    const { openStudio } = await import("../studio/index.js");
    const onFault = (error: unknown) => say(console.err, `studio: ${(error as Error).stack}`);
    studio = await openStudio(dirname(event.run), { onFault });
    say(console.err, `watch it at ${studio.address}`);
  };
  return { listen, close: async () => studio?.close() };
}

/**
 * Trains, or goes on with the run in `settings.out`.
 *
 * @throws Interrupted when Ctrl-C ended it; everything is saved by then.
 */
export async function trainAndShow(
  settings: Partial<TrainSettings>,
  { resume = false, quiet, json, watch = false, time }: BeginOptions,
  console: Console,
): Promise<void> {
  const stream = json ? console.err : console.out;
  const show = quiet ? showResult(stream) : showProgress(stream, { steps: settings.steps });
  const onProgress = showReading(console.err);
  let interrupted = false;
  const note: Listener = (event) => {
    interrupted ||= event.type === "runEnd" && event.reason === "aborted";
  };
  const page = watch ? watcher(console) : undefined;
  const listeners = [show, note, ...(page ? [page.listen] : [])];
  const tell = (line: string) => say(console.err, line);
  const work = async (signal: AbortSignal) => {
    const own = time === undefined ? settings : await fittedTo(time, settings, signal, tell);
    return train(own, { listeners, signal, resume, onProgress });
  };
  const summary: Summary = await interruptible(work, tell).finally(page?.close);
  if (json) sayJson(console, summary);
  if (interrupted) {
    throw new Interrupted(`saved; go on with: convoy train --resume ${summary.run}`);
  }
}
