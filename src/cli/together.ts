// Training a swarm with other processes: what `train --exchange` and `worker` share.

import { hostParticles, joinSwarm } from "../runs/hostParticles.js";
import { openSite } from "../swarm/exchange/index.js";
import type { Summary, TrainSettings } from "../train/index.js";
import { type Console, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { showProgress, showResult } from "./progress.js";

/** What both verbs are told. */
export interface TogetherOptions {
  readonly exchange: string;
  /** Seconds. */
  readonly wait?: number;
  /** Most particles at a time. */
  readonly host?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What is said at the first signals. */
const notices = [
  "\nstopping; what is trained here is saved",
  "still saving; one more signal (Ctrl-C) ends at once, without it",
];

async function host(
  { exchange, wait, host: most, quiet, json }: TogetherOptions,
  console: Console,
  work: (options: Parameters<typeof hostParticles>[1]) => Promise<Summary | undefined>,
): Promise<void> {
  const stream = json ? console.err : console.out;
  const summary = await interruptible(
    (signal) =>
      work({
        site: openSite(exchange),
        most,
        wait: wait === undefined ? undefined : 1000 * wait,
        listeners: [quiet ? showResult(stream) : showProgress(stream, {})],
        tell: (line) => say(console.err, line),
        signal,
      }),
    (line) => say(console.err, line),
    notices,
  );
  if (!summary)
    throw new Interrupted("stopped; the same command goes on with it, and so does any worker");
  if (json) sayJson(console, summary);
}

/** `train --exchange`. */
export const trainTogether = (
  settings: Partial<TrainSettings>,
  options: TogetherOptions,
  console: Console,
): Promise<void> => host(options, console, (how) => hostParticles(settings, how));

/** `worker`. */
export const work = (
  {
    data,
    threads,
    ...options
  }: TogetherOptions & {
    readonly data?: string;
    readonly threads?: number;
  },
  console: Console,
): Promise<void> =>
  host(options, console, (how) =>
    joinSwarm(
      { ...(data !== undefined && { data }), ...(threads !== undefined && { threads }) },
      how,
    ),
  );
