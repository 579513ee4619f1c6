// Ctrl-C, the end of a terminal, and whoever asks a process to end: the first signal asks the run to save and
// end, the second waits for that, the third ends at once.

import { exitCodes, Interrupted } from "./errors.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const saving = [
  "\nsaving the run",
  "still saving the run; one more signal (Ctrl-C) ends at once, without it",
];

/**
 * Runs `work` with a signal that aborts at the first Ctrl-C; `notice` is told what happens.
 *
 * @param told what is said at each signal; the one behind the last line ends at once
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  notice: (line: string) => void,
  told: readonly string[] = saving,
): Promise<T> {
  const controller = new AbortController();
  let signals = 0;
  const stop = () => {
    const line = told[signals++];
    if (line === undefined) return process.exit(exitCodes.interrupted);
    controller.abort();
    notice(line);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/** As {@link interruptible}, for work that leaves nothing when it is interrupted; `kept` says so. */
export const wholeOrNothing = <T>(
  work: (signal: AbortSignal) => Promise<T>,
  kept: string,
): Promise<T> =>
  interruptible(
    async (signal) => {
      try {
        return await work(signal);
      } catch (error) {
        throw signal.aborted ? new Interrupted(`interrupted; ${kept}`) : error;
      }
    },
    () => undefined,
  );
