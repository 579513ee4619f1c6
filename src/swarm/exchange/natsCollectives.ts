// Collectives (rounds, gathers) on a NATS server: each particle brings something, and a collective is closed once, by
// compare-and-set, with the list of who took part and what they brought, so that all go on with the same.
//
// The server is lossy: an end keeps what its particles brought to the last ones, and who took part, and puts again what
// it does not find any more. Collectives are deleted once all particles have saved what they need of them.
//
// Keys, of kind k and number n: `k.n.p.PARTICLE` what a particle brought, `k.n.v.PARTICLE.BLOB.CHUNK` its bytes,
// `k.n.closed` the list, `saved.k.PARTICLE` from which number on it may ask again, `over.k` the first number that is
// not deleted.

import { crc32 } from "../../tensor/crc32.js";
import { DamagedError, MissingError } from "./damaged.js";
import { type DriverOptions, StoppedWaiting } from "./exchange.js";
import { firstKept } from "./natsKept.js";
import { type Bytes, type Kind, keyOf, over, same } from "./natsKeys.js";
import {
  type Attendance,
  type Blob,
  type Bounds,
  decodeAttendance,
  decodePublication,
  encodeAttendance,
  encodePublication,
  type Publication,
} from "./natsRecords.js";
import type { NatsStore, Stored } from "./natsStore.js";

/** Collectives of a kind that an end remembers, to put them again. */
const KEPT = 2;
/** Milliseconds after which it is looked for changes of which no hint came. */
const LOOK = 250;
/** Milliseconds between two looks for what the server has lost. */
const MEND = 1000;
/** Milliseconds that all others wait for who is to close a collective. */
const GRACE = 250;
/** Milliseconds in which bytes that the server has lost are to be put again by their owner. */
const RESTORED = 15_000;

/** What is put, and how its bytes are checked. */
export interface NatsCollectiveParts extends DriverOptions {
  readonly store: NatsStore;
  readonly bounds: Bounds;
  /** Particles of this end. */
  readonly hosted: readonly number[];
  /** Checks bytes of somebody: throws for what is not as announced. */
  readonly check: (kind: Kind, bytes: Uint8Array, blob: Blob, source: string) => void;
}

/** How long others are waited for, and whom: who came to all from a number on, default the last one. */
interface Patience {
  readonly deadline: number;
  readonly since?: number;
}

interface Closing {
  deadline: number;
  readonly found: Promise<Attendance>;
}

/** What this end remembers of a collective. */
interface Kept {
  readonly kind: Kind;
  readonly number: number;
  /** What its particles brought, by key: bytes before what tells of them. */
  readonly own: Map<string, Uint8Array>;
  attendance?: Attendance;
  closing?: Closing;
}

export class NatsCollectives {
  /** Publications and lists that were damaged, forged or beyond the bounds. */
  refused = 0;
  private readonly kept = new Map<string, Kept>();
  private readonly last = new Map<Kind, number>();
  /** Who was at the last gather since the last round, and is waited for at the next one. */
  private expected: Attendance = [];
  private refusedKey = "";
  private mended = Date.now();

  constructor(private readonly parts: NatsCollectiveParts) {
    // Where it fails, so does what is waited for, which tells of it.
    parts.store.back = () => void this.restore().catch(() => undefined);
  }

  /** Brings something of a particle of this end. */
  async bring(
    kind: Kind,
    number: number,
    particle: number,
    { snapshot, blobs }: { snapshot?: string; blobs: readonly Bytes[] },
  ): Promise<void> {
    const collective = this.collective(kind, number);
    if (collective.attendance) return;
    const chunks = new Map<string, Uint8Array>();
    const told = blobs.map(({ name, length, bytes }, at): Blob => {
      for (const [chunk, part] of this.cut(bytes).entries()) {
        chunks.set(`${keyOf(kind, number)}.v.${particle}.${at}.${chunk}`, part);
      }
      return { name, length, bytes: bytes.length, crc: crc32(bytes) };
    });
    const publication: Publication = { ...(snapshot !== undefined && { snapshot }), blobs: told };
    const key = `${keyOf(kind, number)}.p.${particle}`;
    const record = encodePublication(publication);
    for (const [name, part] of [...chunks, [key, record] as const]) collective.own.set(name, part);
    await this.put(chunks);
    await this.parts.store.put(key, record);
    this.parts.store.tell();
  }

  /**
   * Who took part, once all are or the deadline has passed.
   *
   * @throws Error for a collective that is over for this end, or deleted on the server.
   */
  close(
    kind: Kind,
    number: number,
    deadline = Number.POSITIVE_INFINITY,
    since?: number,
  ): Promise<Attendance> {
    const last = this.last.get(kind) ?? Number.NEGATIVE_INFINITY;
    if (number < last) return Promise.reject(over(kind, number, last));
    const collective = this.collective(kind, number);
    if (collective.closing) {
      collective.closing.deadline = Math.min(collective.closing.deadline, deadline);
      return collective.closing.found;
    }
    const found = this.settle(collective, () => ({ deadline: closing.deadline, since }));
    const closing: Closing = { deadline, found };
    collective.closing = closing;
    return closing.found;
  }

  /**
   * Bytes that a particle brought to a collective that is closed.
   *
   * @throws Error where they are not as announced, or missing for so long that nobody puts them again.
   */
  async bytes(kind: Kind, number: number, particle: number, at: number): Promise<Uint8Array> {
    const collective = this.collective(kind, number);
    const blob = collective.attendance![particle]!.blobs[at];
    const { store } = this.parts;
    for (const end = Date.now() + RESTORED; ; ) {
      const heard = store.heard;
      try {
        return await this.fetch(collective, { particle, at, blob });
      } catch (error) {
        if (!(error instanceof DamagedError && Date.now() < end)) throw error;
      }
      this.expectWanted(collective);
      await this.mend(kind, number);
      await store.changed(heard, LOOK);
    }
  }

  /** Counts what is left out, and tells of it. */
  refuse(message: string): void {
    this.refused++;
    this.parts.onRefused?.(`left out: ${message}`);
  }

  private collective(kind: Kind, number: number): Kept {
    const key = keyOf(kind, number);
    const known = this.kept.get(key);
    if (known) return known;
    const made: Kept = { kind, number, own: new Map() };
    this.kept.set(key, made);
    return made;
  }

  private cut(bytes: Uint8Array): Uint8Array[] {
    const size = this.parts.store.most;
    const count = Math.ceil(bytes.length / size);
    return [...Array(count).keys()].map((at) => bytes.subarray(at * size, (at + 1) * size));
  }

  /** Some chunks at a time. */
  private async put(chunks: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const all = [...chunks];
    for (let at = 0; at < all.length; at += 4) {
      await Promise.all(
        all.slice(at, at + 4).map(([key, part]) => this.parts.store.put(key, part)),
      );
    }
  }

  private async settle(collective: Kept, patience: () => Patience): Promise<Attendance> {
    const { store } = this.parts;
    const { kind, number } = collective;
    const found: (Publication | undefined)[] = new Array(this.parts.bounds.particles).fill(
      undefined,
    );
    let complete: number | undefined;
    for (;;) {
      const heard = store.heard;
      this.expectWanted(collective);
      const list = await this.list(collective);
      if (list.attendance) return this.closed(collective, list.attendance);
      await this.look(collective, found);
      const now = Date.now();
      const { deadline } = patience();
      if (now >= deadline || (await this.isComplete(collective, found, patience())))
        complete ??= now;
      const mine = this.parts.hosted.includes(number % found.length);
      if (complete !== undefined && (mine || now >= complete + GRACE)) {
        const checked = await this.checked(collective, found, complete + RESTORED);
        if (!checked) {
          await store.changed(heard, LOOK);
          continue;
        }
        const set = await store.compareAndSet(
          `${keyOf(kind, number)}.closed`,
          encodeAttendance(checked),
          list.revision,
        );
        if (!set) continue;
        store.tell();
        return this.closed(collective, checked);
      }
      await this.mend(kind, number);
      await store.changed(heard, Math.min(LOOK, Math.max(1, patience().deadline - Date.now())));
    }
  }

  /**
   * Whether all came who are waited for. Where there is a deadline, nobody waits for a particle that has not even come to
   * the last one yet, be it late: one that is far slower costs the others no time.
   */
  private async isComplete(
    { kind, number }: Kept,
    found: readonly (Publication | undefined)[],
    { deadline, since }: Patience,
  ): Promise<boolean> {
    const missing = [...found.keys()].filter((particle) => !found[particle]);
    if (missing.length === 0) return true;
    const last = this.last.get(kind);
    if (deadline === Number.POSITIVE_INFINITY || last === undefined || last >= number) return false;
    if (kind === "round" && missing.some((id) => this.expected[id])) return false;
    const first = since ?? last;
    const numbers = Array.from({ length: number - first }, (_, at) => first + at);
    const lists = await Promise.all(numbers.map((at) => this.cameTo(kind, at)));
    // Of those that are deleted, or were not played, nobody knows who came.
    const known = lists.filter((list) => list.includes(true));
    if (known.length === 0) return false;
    return missing.every((id) => known.some((list) => !list[id]));
  }

  /** Who came to a collective, in time or not. */
  private cameTo(kind: Kind, number: number): Promise<readonly boolean[]> {
    const ids = [...Array(this.parts.bounds.particles).keys()];
    const key = (id: number) => `${keyOf(kind, number)}.p.${id}`;
    return Promise.all(ids.map(async (id) => (await this.parts.store.get(key(id))) !== undefined));
  }

  private expectWanted({ kind, number }: Kept): void {
    if (this.parts.signal?.aborted)
      throw new StoppedWaiting(`nobody waits for ${kind} ${number} any more`);
  }

  /** The list of who took part, as the server has it. */
  private async list({ kind, number }: Kept) {
    const key = `${keyOf(kind, number)}.closed`;
    const stored = await this.parts.store.get(key);
    const attendance = this.read(key, stored, decodeAttendance);
    return { attendance, revision: stored?.revision ?? 0 };
  }

  /** Looks for who is still missing. */
  private async look({ kind, number }: Kept, found: (Publication | undefined)[]): Promise<void> {
    const missing = [...found.keys()].filter((particle) => !found[particle]);
    await Promise.all(
      missing.map(async (particle) => {
        const key = `${keyOf(kind, number)}.p.${particle}`;
        found[particle] = this.read(key, await this.parts.store.get(key), decodePublication);
      }),
    );
  }

  /** What a value says; what is not as it should be is counted once, and as if it were not there. */
  private read<T>(
    key: string,
    stored: Stored | undefined,
    decode: (bytes: Uint8Array, bounds: Bounds, source: string) => T,
  ): T | undefined {
    if (!stored) return undefined;
    try {
      return decode(stored.value, this.parts.bounds, key);
    } catch (error) {
      const once = `${key} ${stored.revision}`;
      if (this.refusedKey !== once) this.refuse((error as Error).message);
      this.refusedKey = once;
      return undefined;
    }
  }

  /**
   * Those whose bytes are as announced: who is to close a collective looks at all of them. Of those that are missing it
   * looks again until a moment, since their owners put again what the server has lost.
   */
  private async checked(
    collective: Kept,
    found: (Publication | undefined)[],
    until: number,
  ): Promise<Attendance | undefined> {
    const result = [...found];
    for (const [particle, publication] of found.entries()) {
      const blobs = this.parts.hosted.includes(particle) ? [] : (publication?.blobs ?? []);
      try {
        for (const [at, blob] of blobs.entries())
          await this.fetch(collective, { particle, at, blob });
      } catch (error) {
        if (!(error instanceof DamagedError)) throw error;
        if (error instanceof MissingError && Date.now() < until) {
          found[particle] = undefined;
          return undefined;
        }
        this.refuse(error.message);
        result[particle] = undefined;
      }
    }
    return result;
  }

  private async fetch(
    { kind, number, own }: Kept,
    { particle, at, blob }: { particle: number; at: number; blob: Blob },
  ): Promise<Uint8Array> {
    const source = `${kind} ${number}, particle ${particle}, ${JSON.stringify(blob.name)}`;
    const bytes = new Uint8Array(blob.bytes);
    for (let begin = 0, chunk = 0; begin < bytes.length; chunk++) {
      const key = `${keyOf(kind, number)}.v.${particle}.${at}.${chunk}`;
      const value = own.get(key) ?? (await this.parts.store.get(key))?.value;
      if (!value) throw new MissingError(`${source}: chunk ${chunk} is missing`);
      if (value.length === 0 || begin + value.length > bytes.length) {
        throw new DamagedError(`${source}: chunk ${chunk} has ${value.length} bytes`);
      }
      bytes.set(value, begin);
      begin += value.length;
    }
    if (crc32(bytes) !== blob.crc) throw new DamagedError(`${source}: the checksum does not match`);
    try {
      this.parts.check(kind, bytes, blob, source);
    } catch (error) {
      throw new DamagedError((error as Error).message);
    }
    return bytes;
  }

  private closed(collective: Kept, attendance: Attendance): Attendance {
    const { kind, number } = collective;
    collective.attendance = attendance;
    this.last.set(kind, Math.max(this.last.get(kind) ?? number, number));
    this.expected = kind === "gather" ? attendance : [];
    this.forget(kind);
    return attendance;
  }

  /** Forgets old collectives of a kind. */
  private forget(kind: Kind): void {
    const all = [...this.kept].filter(([, each]) => each.kind === kind && each.attendance);
    const old = all.sort(([, a], [, b]) => a.number - b.number).slice(0, -KEPT);
    for (const [key] of old) this.kept.delete(key);
  }

  /** At times: puts again what the server has lost, and finds out whether a collective is deleted there. */
  private async mend(kind: Kind, number: number): Promise<void> {
    if (Date.now() < this.mended + MEND) return;
    this.mended = Date.now();
    const first = await firstKept(this.parts.store, kind);
    if (number < first) throw over(kind, number, first);
    await this.restore();
  }

  /** Puts again what this end knows and the server has lost. */
  private async restore(): Promise<void> {
    for (const [key, { own, attendance }] of this.kept) {
      for (const [name, bytes] of own) {
        if (!name.startsWith(`${key}.p.`)) continue;
        if (same((await this.parts.store.get(name))?.value, bytes)) continue;
        await this.put(own);
        this.parts.store.tell();
        break;
      }
      if (!attendance) continue;
      await this.parts.store.compareAndSet(`${key}.closed`, encodeAttendance(attendance), 0);
    }
  }
}
