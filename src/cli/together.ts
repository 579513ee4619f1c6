// Training a swarm with other processes: what `train --exchange` and `worker` share.

import { hostParticles, joinSwarm } from "../runs/hostParticles.js";
import { openSite } from "../swarm/exchange/index.js";
import type { TrainSettings } from "../train/config.js";
import { type Console, say } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";
import { showProgress, showResult } from "./progress.js";

/** What both verbs are told. */
export interface TogetherOptions {
  readonly exchange: string;
  /** Seconds. */
  readonly wait?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

async function host(
  { exchange, wait, quiet, json }: TogetherOptions,
  console: Console,
  work: (options: Parameters<typeof hostParticles>[1]) => Promise<boolean>,
): Promise<void> {
  const stream = json ? console.err : console.out;
  const done = await interruptible(
    (signal) =>
      work({
        site: openSite(exchange),
        wait: wait === undefined ? undefined : 1000 * wait,
        listeners: [quiet ? showResult(stream) : showProgress(stream, {})],
        tell: (line) => say(console.err, line),
        signal,
      }),
    (line) => say(console.err, line),
  );
  if (!done)
    throw new Interrupted("saved; the same command goes on with it, and so does any worker");
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
    particles,
    threads,
    ...options
  }: TogetherOptions & {
    readonly data?: string;
    readonly particles?: number;
    readonly threads?: number;
  },
  console: Console,
): Promise<void> =>
  host(options, console, (how) =>
    joinSwarm(
      { ...(data !== undefined && { data }), ...(threads !== undefined && { threads }) },
      { ...how, most: particles },
    ),
  );
