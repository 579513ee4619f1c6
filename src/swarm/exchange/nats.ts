// The exchange over a NATS server with JetStream: particles of processes on any machines that reach it.

import type { Engine, Vector } from "../../engine/engine.js";
import { InputError } from "../../inputError.js";
import { formatBytes } from "../../text/bytes.js";
import type { Snapshot } from "../coupling.js";
import { layoutHash } from "./card.js";
import {
  absent,
  type DriverOptions,
  type Exchange,
  type ExchangeDriver,
  type ExchangeSetup,
  type Messages,
  type Published,
} from "./exchange.js";
import { type NatsAddress, parseNatsAddress } from "./natsAddress.js";
import { NatsCollectives } from "./natsCollectives.js";
import { closedBefore, keepFrom } from "./natsKept.js";
import type { Bytes } from "./natsKeys.js";
import type { Attendance } from "./natsRecords.js";
import { NatsStore } from "./natsStore.js";
import { decodeSnapshot, decodeVector, encodeSnapshot, encodeVector, vectorBytes } from "./wire.js";

/** How a swarm meets on a NATS server. */
export interface NatsOptions extends DriverOptions {
  /** Numbers of the particles of this process, ascending; default all. */
  readonly hosted?: readonly number[];
  /** Milliseconds that the server may be away before a run ends; default 10 minutes. */
  readonly patience?: number;
}

/** How many times the numbers of a net a particle may bring to a collective: positions, a best one, optimizer state. */
const MOST_NETS = 32;
const message = (at: number, bytes?: Uint8Array): Bytes[] =>
  bytes ? [{ name: `message ${at}`, length: bytes.length, bytes }] : [];

interface Held {
  readonly vector: Vector;
  readonly round: number;
}

class NatsExchange implements Exchange {
  readonly particles: number;
  bytes = 0;
  private readonly hash: string;
  private readonly engine: Engine;
  private readonly collectives: NatsCollectives;
  private readonly gathered: number[];
  private readonly answers = new WeakMap<Attendance, Promise<Messages>>();
  private readonly held = new Map<string, Promise<Held>>();
  private current: Attendance = [];
  private number = Number.NEGATIVE_INFINITY;

  constructor(
    { particles, layout, engine }: ExchangeSetup,
    private readonly hosted: readonly number[],
    private readonly store: NatsStore,
    { onRefused, signal }: NatsOptions,
  ) {
    this.particles = particles;
    this.engine = engine;
    this.hash = layoutHash(layout);
    this.gathered = new Array<number>(particles).fill(0);
    const most = MOST_NETS * (4 * layout.length + 1024);
    this.collectives = new NatsCollectives({
      store,
      hosted,
      onRefused,
      signal,
      bounds: { particles, most },
      check: (kind, bytes, { name, length }, source) => {
        if (kind === "round") decodeVector(bytes, { name, length, hash: this.hash }, source);
      },
    });
  }

  /** Publications, lists and vectors of others that were damaged, forged or too long, and left out. */
  get refused(): number {
    return this.collectives.refused;
  }

  get gathers(): number {
    return Math.max(...this.gathered);
  }

  over(): Promise<number> {
    return closedBefore(this.store, "gather");
  }

  resume(gathers: number): void {
    this.gathered.fill(gathers);
  }

  async saved(round: number, gathers: number): Promise<void> {
    const { store, hosted, particles } = this;
    await keepFrom(store, "round", round, { hosted, particles });
    await keepFrom(store, "gather", gathers, { hosted, particles });
  }

  async publish(round: number, snapshot: Snapshot, vectors: Published): Promise<void> {
    const blobs = await Promise.all(
      Object.entries(vectors).map(async ([name, vector]): Promise<Bytes> => {
        const bytes = encodeVector(name, await vector.read(), this.hash);
        return { name, length: vector.length, bytes };
      }),
    );
    for (const { bytes } of blobs) this.bytes += bytes.length;
    const text = new TextDecoder().decode(encodeSnapshot(snapshot));
    await this.collectives.bring("round", round, snapshot.particle, { snapshot: text, blobs });
  }

  async round(number: number, deadline?: number): Promise<readonly Snapshot[]> {
    const found = await this.collectives.close("round", number, deadline);
    this.current = found;
    this.number = number;
    return found.map((publication, particle) =>
      publication ? this.snapshotOf(publication.snapshot, particle) : absent(particle),
    );
  }

  async vector(particle: number, name: string, _by: number): Promise<Vector> {
    const at = this.current[particle]?.blobs.findIndex((blob) => blob.name === name) ?? -1;
    if (at < 0) throw new Error(`particle ${particle} published no vector "${name}"`);
    const key = `${particle} ${name}`;
    const before = this.held.get(key);
    const made = this.take(particle, at, before);
    this.held.set(key, made);
    return (await made).vector;
  }

  async gather(
    particle: number,
    bytes?: Uint8Array,
    deadline?: number,
    since?: number,
  ): Promise<Messages> {
    const number = this.gathered[particle]++;
    this.bytes += bytes?.length ?? 0;
    await this.collectives.bring("gather", number, particle, { blobs: message(number, bytes) });
    const found = await this.collectives.close("gather", number, deadline, since);
    const known = this.answers.get(found) ?? this.messagesOf(number, found);
    this.answers.set(found, known);
    return known;
  }

  close(): Promise<void> {
    return this.store.close();
  }

  /** A snapshot of a list was checked by nobody who could lie alone: what cannot be read is absent for everybody. */
  private snapshotOf(text: string | undefined, particle: number): Snapshot {
    try {
      const bytes = new TextEncoder().encode(text ?? "");
      return decodeSnapshot(bytes, particle, `particle ${particle}`);
    } catch (error) {
      this.collectives.refuse((error as Error).message);
      return absent(particle);
    }
  }

  /** A vector of this round, in the memory that it had in an earlier one. */
  private async take(particle: number, at: number, before?: Promise<Held>): Promise<Held> {
    const { number } = this;
    const held = await before;
    if (held?.round === number) return held;
    const { name, length, bytes: size } = this.current[particle]!.blobs[at];
    if (size !== vectorBytes(name, length)) throw new Error(`particle ${particle}: wrong length`);
    const bytes = await this.collectives.bytes("round", number, particle, at);
    const values = decodeVector(bytes, { name, length, hash: this.hash }, `particle ${particle}`);
    const vector = held?.vector.length === length ? held.vector : this.engine.vector(length);
    await vector.write(values);
    return { vector, round: number };
  }

  private messagesOf(number: number, found: Attendance): Promise<Messages> {
    return Promise.all(
      found.map(async (publication, particle) =>
        publication && publication.blobs.length > 0
          ? this.collectives.bytes("gather", number, particle, 0)
          : undefined,
      ),
    );
  }
}

/**
 * The driver of swarms that meet on a NATS server with JetStream.
 *
 * @param address `nats://HOST:PORT/NAME`, where every swarm has a name of its own; see `parseNatsAddress`
 * @throws InputError for another address; when it is opened, for a server that cannot be reached or refuses.
 * @example
 * const exchange = nats("nats://127.0.0.1:4222/s1", { hosted: [0, 1] });
 * exchange.hosted; // [0, 1]
 */
export function nats(address: string | NatsAddress, options: NatsOptions = {}): ExchangeDriver {
  const { hosted, patience = 600_000 } = options;
  const parsed = typeof address === "string" ? parseNatsAddress(address) : address;
  return {
    ...(hosted && { hosted }),
    open: async (setup) => {
      const store = await openStore(parsed, patience, options.signal);
      const here = hosted ?? [...Array(setup.particles).keys()];
      return new NatsExchange(setup, here, store, options);
    },
  };
}

/** @throws InputError where the client is not installed. */
export async function openStore(
  address: NatsAddress,
  patience: number,
  signal?: AbortSignal,
): Promise<NatsStore> {
  const store = await NatsStore.open(address, patience, signal).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
      throw new InputError(
        "NATS's client is not installed: npm install @nats-io/transport-node @nats-io/jetstream @nats-io/kv",
      );
    },
  );
  if (store.most >= 2 ** 12) return store;
  await store.close();
  throw new InputError(
    `${address.shown}: its max_payload leaves ${formatBytes(store.most)} a message, expected 4 KB or more`,
  );
}
