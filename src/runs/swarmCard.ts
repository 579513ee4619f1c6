// Whose runs lie at the place of a swarm: its card stands at the place and beside the runs, as the place may be a server on
// which it has another name, or which has lost it. Who comes compares both with its own.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { writeFileOnce } from "../files/atomicFile.js";
import { absolute, makeFolder } from "../files/folders.js";
import { readText } from "../files/text.js";
import { InputError } from "../inputError.js";
import { readBounded } from "../swarm/exchange/boundedFile.js";
import {
  type Card,
  decodeCard,
  encodeCard,
  expectSameRuns,
  expectSameSettings,
  expectSameSwarm,
  FORMAT,
  MOST_CARD,
} from "../swarm/exchange/card.js";
import type { Site } from "../swarm/exchange/site.js";
import { printable } from "../text/printable.js";
import type { TrainSettings } from "../train/config.js";
import { isSource } from "../train/openData.js";
import type { Prepared } from "../train/prepare.js";

/** Beside the runs of particles: the number of their folder, and the card of their swarm. */
const [NUMBER, CARD] = ["swarm.id", "swarm.json"] as const;

/** Settings that say where and how fast something is computed, not what. */
const ofPlace: readonly string[] = ["out", "data", "threads", "saveMinutes"];

/** Settings as a card has them. */
const told = (settings: Partial<TrainSettings>): Card["settings"] =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(Object.entries(settings).filter(([name]) => !ofPlace.includes(name))),
    ),
  );

/** Data as a card names them. */
const sourceOf = (data: string): string => (isSource(data) ? data : absolute(data));

/** The card beside the runs, once a particle was opened. */
async function cardIn(runs: string): Promise<Card | undefined> {
  const path = join(runs, CARD);
  const bytes = await readBounded(path, MOST_CARD);
  return bytes && decodeCard(bytes, path);
}

/** The number of a folder of runs; the first process that comes draws it. */
export async function numberOf(runs: string): Promise<string> {
  makeFolder(runs);
  const path = join(runs, NUMBER);
  await writeFileOnce(path, randomUUID());
  return readText(path);
}

/** The card of the swarm that a run with these settings belongs to. */
export function cardOf(
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

/**
 * Puts a card where none stands.
 *
 * @throws InputError naming what differs from the one that does.
 */
export async function settle(own: Card, site: Site): Promise<void> {
  await writeFileOnce(join(site.runs, CARD), encodeCard(own));
  expectSameSwarm(own, (await cardIn(site.runs)) ?? own, site.runs);
  expectSameSwarm(own, await site.putCard(own), site.address);
}

/**
 * Refuses other settings and another folder of runs than those of the swarm, before data are opened.
 *
 * @param runs number of the folder of runs
 * @throws InputError naming what differs.
 */
export async function expectSameSoFar(
  settings: Partial<TrainSettings>,
  runs: string,
  site: Site,
): Promise<void> {
  const cards = [
    { card: await site.card(), source: site.address },
    { card: await cardIn(site.runs), source: site.runs },
  ];
  for (const { card, source } of cards) {
    if (!card) continue;
    expectSameSettings(told(settings), card.settings, source);
    expectSameRuns(runs, card, source);
  }
}

/**
 * Refuses data by another name than those of a swarm that is trained, whose data nobody opens any more.
 *
 * @throws InputError naming both.
 */
export async function expectSameData(data: string | undefined, { runs }: Site): Promise<void> {
  const card = await cardIn(runs);
  if (data === undefined || !card || sourceOf(data) === card.source) return;
  throw new InputError(
    `${runs}: its swarm was trained on ${printable(card.source)}, not on ${printable(data)}; use another place`,
  );
}
