// Hosts particles of a swarm that many processes train together. Each particle is a run of its own at the swarm's
// place: its folder's lock says who hosts it, its checkpoint is what another process goes on from when that one is
// gone, and at the end it holds what the whole swarm came to. So it makes no difference who hosts whom, and who comes first.

import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileOnce } from "../files/atomicFile.js";
import { absolute, makeFolder } from "../files/folders.js";
import { isLocked } from "../files/lock.js";
import { readText } from "../files/text.js";
import { freeFolder } from "../files/wholeFolder.js";
import { InputError } from "../inputError.js";
import { usableCores } from "../machine.js";
import { readBounded } from "../swarm/exchange/boundedFile.js";
import {
  type Card,
  decodeCard,
  encodeCard,
  expectSameRuns,
  expectSameSettings,
  expectSameSwarm,
  FORMAT,
  layoutHash,
  MOST_CARD,
  tensorsOf,
} from "../swarm/exchange/card.js";
import { StoppedWaiting } from "../swarm/exchange/exchange.js";
import type { Site } from "../swarm/exchange/site.js";
import { openSwarm } from "../swarm/openSwarm.js";
import { printable } from "../text/printable.js";
import type { TrainSettings } from "../train/config.js";
import type { Listener, Summary } from "../train/events.js";
import { isSource } from "../train/openData.js";
import type { Prepared } from "../train/prepare.js";
import type { OpenTraining } from "../train/training.js";
import { copyResult } from "./copyRun.js";
import { isFree } from "./freeFolder.js";
import { swarmOf, withSwarmDefaults } from "./fromConfig.js";
import { readSummary } from "./readSummary.js";
import { runFiles } from "./runFiles.js";
import { train } from "./train.js";

/** Milliseconds between two looks for particles that nobody hosts. */
const LOOK = 300;
/** Milliseconds that others are given to take particles before this process takes one more. */
const GRACE = 2000;

/** Beside the runs of particles: the number of their folder, and the card of the swarm whose runs they are. */
const [NUMBER, CARD] = ["swarm.id", "swarm.json"] as const;

/** Settings that say where and how fast something is computed, not what. */
const ofPlace: readonly string[] = ["out", "data", "threads", "saveMinutes"];

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

/** Settings as a card has them. */
const told = (settings: Partial<TrainSettings>): Card["settings"] =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(Object.entries(settings).filter(([name]) => !ofPlace.includes(name))),
    ),
  );

/** The number of a folder of runs; the first process that comes draws it. */
async function numberOf(runs: string): Promise<string> {
  makeFolder(runs);
  const path = join(runs, NUMBER);
  await writeFileOnce(path, randomUUID());
  return readText(path);
}

/** The card of the swarm whose runs lie in a folder, once one of its particles was opened. */
async function cardIn(runs: string): Promise<Card | undefined> {
  const path = join(runs, CARD);
  const bytes = await readBounded(path, MOST_CARD);
  return bytes && decodeCard(bytes, path);
}

/** Data as a card names them. */
const sourceOf = (data: string): string => (isSource(data) ? data : absolute(data));

/** The card of the swarm that a run with these settings belongs to. */
function cardOf(
  settings: Partial<TrainSettings>,
  { config, net, data }: Prepared,
  { layout, runs }: Pick<Card, "layout" | "runs">,
): Card {
  return {
    format: FORMAT,
    settings: told(settings),
    model: net.model,
    coupling: config.swarm!,
    particles: config.particles,
    seed: config.seed,
    source: sourceOf(config.data),
    data: data.hash,
    runs,
    layout,
  };
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
            await writeFileOnce(join(site.runs, CARD), encodeCard(own));
            expectSameSwarm(own, (await cardIn(site.runs)) ?? own, site.runs);
            expectSameSwarm(own, await site.putCard(own), site.address);
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
  const known = await cardIn(site.runs);
  const cards = [
    [await site.card(), site.address],
    [known, site.runs],
  ] as const;
  for (const [card, where] of cards) {
    if (!card) continue;
    expectSameSettings(told(settings), card.settings, where);
    expectSameRuns(runs, card, where);
  }
  const { particles = 4 } = settings;
  const hosting = new Hosting(settings, particles, runs, options);
  if (hosting.isDone) {
    // Nothing is opened any more that would tell of other data.
    if (settings.data !== undefined && known && sourceOf(settings.data) !== known.source) {
      throw new InputError(
        `${site.runs}: its swarm was trained on ${printable(known.source)}, not on ${printable(settings.data)}; use another place`,
      );
    }
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
  while (!card && !signal?.aborted) {
    await sleep(LOOK);
    card = await site.card();
  }
  if (!card) return undefined;
  return hostParticles({ ...card.settings, data: card.source, ...place }, options);
}
