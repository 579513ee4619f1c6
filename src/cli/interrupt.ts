// Ctrl-C: the first asks the run to save and end, the second ends at once.

import { exitCodes } from "./errors.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs `work` with a signal that aborts at the first Ctrl-C, of which `notice` is told. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  notice: () => void,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
    notice();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
