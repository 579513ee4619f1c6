// Which collectives a NATS server keeps: those that some particle may ask for again. Each says from which number on it
// may, and who finds that nobody asks for some any more deletes them.

import { type Kind, keyOf, text } from "./natsKeys.js";
import type { NatsStore } from "./natsStore.js";

/** Collectives that are kept for a particle that saves nothing. */
const MOST_BEHIND = 256;

/** The number that stands at a key; 0 for none, and for what is no number. */
async function numberAt(
  store: NatsStore,
  key: string,
): Promise<{ readonly number: number; readonly revision: number }> {
  const stored = await store.get(key);
  const number = Number(new TextDecoder().decode(stored?.value.subarray(0, 16)));
  const revision = stored?.revision ?? 0;
  return { number: Number.isSafeInteger(number) && number > 0 ? number : 0, revision };
}

/** The first number of a kind that is not deleted. */
export const firstKept = async (store: NatsStore, kind: Kind): Promise<number> =>
  (await numberAt(store, `over.${kind}`)).number;

/** How many of a kind are closed, from the first one on. */
export async function closedBefore(store: NatsStore, kind: Kind): Promise<number> {
  const keys = await store.keys(`${kind}.*.closed`);
  return Math.max(0, ...keys.map((key) => Number(key.split(".")[1]) + 1));
}

/** Hosted ones of so many particles never ask again for what was before a number; deletes what nobody asks for. */
export async function keepFrom(
  store: NatsStore,
  kind: Kind,
  number: number,
  { hosted, particles }: { readonly hosted: readonly number[]; readonly particles: number },
): Promise<void> {
  await Promise.all(hosted.map((id) => store.put(`saved.${kind}.${id}`, text(number))));
  const all = [...Array(particles).keys()].map((id) => `saved.${kind}.${id}`);
  const numbers = await Promise.all(all.map((key) => numberAt(store, key)));
  const first = Math.max(
    Math.min(number, ...numbers.map((each) => each.number)),
    number - MOST_BEHIND,
  );
  const before = await numberAt(store, `over.${kind}`);
  if (first <= before.number) return;
  // Who sets the number deletes; the others have nothing to do.
  if (!(await store.compareAndSet(`over.${kind}`, text(first), before.revision))) return;
  for (let old = Math.max(before.number, first - 2 * MOST_BEHIND); old < first; old++) {
    await store.purge(keyOf(kind, old));
  }
}
