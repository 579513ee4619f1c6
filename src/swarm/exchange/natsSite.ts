// A NATS server as the place of a swarm: its card lies there beside what particles publish.

import { absolute } from "../../files/folders.js";
import { InputError } from "../../inputError.js";
import { decodeCard, encodeCard } from "./card.js";
import { nats, openStore } from "./nats.js";
import { parseNatsAddress } from "./natsAddress.js";
import { decodeAttendance } from "./natsRecords.js";
import type { NatsStore } from "./natsStore.js";
import type { ClosedRound, Site } from "./site.js";

/** Milliseconds that the server may be away while a card is read or put. */
const PATIENCE = 30_000;

/** Run folders of the particles, which say who hosts whom. */
function runsOf(address: string, shown: string): string {
  const runs = new URL(address).searchParams.get("runs");
  if (runs) return absolute(runs);
  throw new InputError(
    `--exchange ${shown}: expected ?runs=FOLDER behind it, a folder of the particles' runs that all processes see`,
  );
}

/** Rounds that are closed, ascending, as the server has them. */
async function closedRounds(store: NatsStore, particles: number): Promise<ClosedRound[]> {
  const bounds = { particles, most: Number.POSITIVE_INFINITY };
  const keys = await store.keys("round.*.closed");
  const rounds = keys.map(async (key) => {
    const stored = await store.get(key);
    if (!stored) return [];
    const attendance = decodeAttendance(stored.value, bounds, key);
    const present = [...attendance.keys()].filter((particle) => attendance[particle]);
    return [{ round: Number(key.split(".")[1]), present }];
  });
  return (await Promise.all(rounds)).flat().sort((a, b) => a.round - b.round);
}

/**
 * The place `nats://HOST:PORT/NAME?runs=FOLDER`.
 *
 * @throws InputError for another address.
 */
export function natsSite(address: string): Site {
  const parsed = parseNatsAddress(address);
  const ask = async <T>(act: (store: NatsStore) => Promise<T>): Promise<T> => {
    const store = await openStore(parsed, PATIENCE);
    try {
      return await act(store);
    } finally {
      await store.close();
    }
  };
  const read = async (store: NatsStore) => {
    const found = await store.get("card");
    return found && decodeCard(found.value, parsed.shown);
  };
  return {
    address: parsed.shown,
    runs: runsOf(address, parsed.shown),
    card: () => ask(read),
    putCard: (own) =>
      ask(async (store) => {
        await store.compareAndSet("card", encodeCard(own), 0);
        return (await read(store)) ?? own;
      }),
    driver: (hosted, how) => nats(parsed, { hosted, ...how }),
    rounds: (particles) => ask((store) => closedRounds(store, particles)),
  };
}
