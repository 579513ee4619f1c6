// Hosts particles of a swarm that many processes train together. Each particle is a run of its own at the swarm's
// place: its folder's lock says who hosts it, its checkpoint is what another process goes on from when that one is
// gone, and at the end it holds what the whole swarm came to. So it makes no difference who hosts whom, and who comes first.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isLocked } from "../files/lock.js";
import { freeFolder } from "../files/wholeFolder.js";
import { InputError } from "../inputError.js";
import { usableCores } from "../machine.js";
import { layoutHash, tensorsOf } from "../swarm/exchange/card.js";
import { StoppedWaiting } from "../swarm/exchange/exchange.js";
import type { Site } from "../swarm/exchange/site.js";
import { openSwarm } from "../swarm/openSwarm.js";
import type { TrainSettings } from "../train/config.js";
import type { Listener, Summary } from "../train/events.js";
import type { OpenTraining } from "../train/training.js";
import { copyResult } from "./copyRun.js";
import { isFree } from "./freeFolder.js";
import { swarmOf, withSwarmDefaults } from "./fromConfig.js";
import { readSummary } from "./readSummary.js";
import { runFiles } from "./runFiles.js";
import { cardOf, expectSameData, expectSameSoFar, numberOf, settle } from "./swarmCard.js";
import { train } from "./train.js";

/** Milliseconds between two looks for particles that nobody hosts. */
const LOOK = 300;
/** Milliseconds that others are given to take particles before this process takes one more. */
const GRACE = 2000;

/** How particles are hosted. */
export interface HostOptions {
  readonly site: Site;
  /** Most particles at a time; default all that nobody else hosts. */
  readonly most?: number;
  /** Milliseconds that a round waits for those who are late; default without end. */
  readonly wait?: number;
  /** Hear the run of the first particle that this process takes. */
  readonly listeners?: readonly Listener[];
  readonly signal?: AbortSignal;
  /** Told what happens to particles. */
  readonly tell?: (line: string) => void;
}

class Hosting {
  private readonly active = new Map<number, Promise<void>>();
  private readonly stop = new AbortController();
  private failure?: { readonly error: unknown };
  private lastClaim = 0;
  private shows = true;

  constructor(
    private readonly settings: Partial<TrainSettings>,
    private readonly particles: number,
    /** Number of the folder of runs. */
    private readonly runs: string,
    private readonly options: HostOptions,
  ) {
    options.signal?.addEventListener("abort", () => this.stop.abort(), { once: true });
  }

  /** Takes particles until all are trained. @returns whether they are */
  async run(): Promise<boolean> {
    while (!this.stop.signal.aborted && !this.isDone) {
      this.claim();
      await sleep(LOOK, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
    await Promise.all(this.active.values());
    if (this.failure) throw this.failure.error;
    return this.isDone;
  }

  private get ids(): readonly number[] {
    return [...Array(this.particles).keys()];
  }

  /** Whether all particles are trained. */
  get isDone(): boolean {
    return this.ids.every((id) => this.isTrained(id));
  }

  private isTrained(id: number): boolean {
    return existsSync(join(this.folderOf(id), runFiles.summary)) && !this.active.has(id);
  }

  private folderOf(id: number): string {
    return join(this.options.site.runs, String(id));
  }

  /** One at a time, so that those who come next find some too. */
  private claim(): void {
    const { most = this.particles } = this.options;
    const isEarly = this.active.size > 0 && Date.now() - this.lastClaim < GRACE;
    if (this.active.size >= most || isEarly) return;
    const free = this.ids.filter(
      (id) => !this.active.has(id) && !this.isTrained(id) && !isLocked(this.folderOf(id)),
    );
    if (free.length === 0) return;
    const id = free[process.pid % free.length];
    this.lastClaim = Date.now();
    this.active.set(
      id,
      this.host(id).finally(() => this.active.delete(id)),
    );
  }

  private async host(id: number): Promise<void> {
    const { listeners, tell } = this.options;
    const out = this.folderOf(id);
    const shown = this.shows;
    this.shows = false;
    try {
      const resume = !(await isFree(out));
      const { threads = Math.max(1, Math.floor(usableCores() / this.particles)) } = this.settings;
      await train(
        { ...this.settings, out, threads },
        {
          resume,
          stopFile: false,
          signal: this.stop.signal,
          open: this.open(id),
          listeners: [
            async ({ type }) => {
              if (type === "runStart")
                tell?.(`particle ${id} is ${resume ? "gone on with" : "trained"} here`);
            },
            ...(shown ? (listeners ?? []) : []),
          ],
        },
      );
    } catch (error) {
      this.shows ||= shown;
      // It waited for others: what it would have saved is in its last checkpoint.
      if (error instanceof StoppedWaiting && this.stop.signal.aborted) return;
      // Somebody else was first.
      if (error instanceof InputError && isLocked(out)) return;
      this.failure ??= { error };
      this.stop.abort();
    }
  }

  private open(id: number): OpenTraining {
    const { site, wait, tell } = this.options;
    return async (prepared) => {
      const spec = swarmOf(
        { ...prepared.config, swarm: prepared.config.swarm! },
        prepared.module?.couplings,
      );
      const driver = site.driver([id], { onRefused: tell, signal: this.stop.signal });
      return openSwarm({
        ...spec,
        wait,
        exchange: {
          hosted: driver.hosted,
          open: async (setup) => {
            const { layout } = setup;
            const own = cardOf(this.settings, prepared, {
              runs: this.runs,
              layout: { hash: layoutHash(layout), tensors: tensorsOf(layout) },
            });
            await settle(own, site);
            return driver.open(setup);
          },
        },
      })(prepared);
    };
  }
}

/**
 * Trains a swarm together with whoever comes to the same place, and copies what it came to into `settings.out`.
 *
 * @returns what it came to; `undefined` when the signal ended it
 * @throws InputError for settings that cannot be used so, and where another swarm has the place.
 */
export async function hostParticles(
  given: Partial<TrainSettings>,
  options: HostOptions,
): Promise<Summary | undefined> {
  const { out, ...settings } = withSwarmDefaults(given);
  if (settings.swarm === undefined) {
    throw new InputError("--exchange is for swarms; name a coupling: --swarm pso");
  }
  if (settings.minutes !== undefined) {
    throw new InputError(
      "--minutes would end each process at another step; bound a swarm by --epochs or --steps",
    );
  }
  const place = out === undefined ? undefined : await freeFolder(out);
  const { site } = options;
  const runs = await numberOf(site.runs);
  await expectSameSoFar(settings, runs, site);
  const { particles = 4 } = settings;
  const hosting = new Hosting(settings, particles, runs, options);
  if (hosting.isDone) {
    // Nothing is opened any more that would tell of other data.
    await expectSameData(settings.data, site);
    options.tell?.("all particles are trained");
  }
  if (!(await hosting.run())) return undefined;
  // Every particle's run tells of the whole swarm.
  const first = join(site.runs, "0");
  if (place === undefined || out === undefined) return readSummary(first);
  await copyResult(first, place, out);
  return readSummary(place);
}

/** Takes part in the swarm of a place, once somebody has put its card. */
export async function joinSwarm(
  place: Pick<TrainSettings, "threads"> & { readonly data?: string },
  options: HostOptions,
): Promise<Summary | undefined> {
  const { site, signal } = options;
  let card = await site.card();
  if (!card) options.tell?.(`waiting for a swarm at ${site.address}`);
  while (!card && !signal?.aborted) {
    await sleep(LOOK);
    card = await site.card();
  }
  if (!card) return undefined;
  return hostParticles({ ...card.settings, data: card.source, ...place }, options);
}
