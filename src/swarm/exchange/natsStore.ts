// A bucket of a NATS server with JetStream, as an exchange needs it: values by key, created or replaced by
// compare-and-set, a hint when something changed. The connection may be cut and the server may restart, with an older
// store or none: what fails for such a reason is tried again, until patience is over.

import { setTimeout as sleep } from "node:timers/promises";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import { InputError } from "../../inputError.js";
import { printable } from "../../text/printable.js";
import { after } from "../../timer.js";
import { StoppedWaiting } from "./exchange.js";
import { type NatsAddress, readSecret } from "./natsAddress.js";

/** A value and the number by which it may be replaced. */
export interface Stored {
  readonly value: Uint8Array;
  readonly revision: number;
}

/** Bytes of a message that are not its value: subject, headers. */
const ENVELOPE = 1024;
/** What a swarm left on the server is deleted when it was not touched for so long. */
const FORGOTTEN = 7 * 24 * 3600 * 1000;
/** Milliseconds that an answer may take at most. */
const LONGEST = 60_000;
/** Of the server: nobody has created the value before; the value has changed since. */
const WRONG_SEQUENCE = [10071, 10164];
/** Of the server: a stream that is gone. */
const NOT_FOUND = 10059;

const codeOf = (error: unknown) => (error as { code?: unknown }).code;

/** Errors that trying again does not mend. */
const final = new Set([
  "AuthorizationError",
  "PermissionViolationError",
  "InvalidArgumentError",
  "InvalidSubjectError",
  "ClosedConnectionError",
  "InvalidNameError",
]);

function isFinal(error: unknown): boolean {
  const { name, status = 500 } = error as { name?: string; status?: number };
  if (final.has(name ?? "")) return true;
  return name === "JetStreamApiError" && status < 500 && codeOf(error) !== NOT_FOUND;
}

interface Opened {
  readonly values: KV;
  readonly manager: JetStreamManager;
}

async function optionsOf({ server, options, credentials, nkey }: NatsAddress) {
  const { credsAuthenticator, nkeyAuthenticator } = await import("@nats-io/transport-node");
  const all: ConnectionOptions = {
    ...options,
    servers: server,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    // A connection that is half open is noticed after two pings.
    pingInterval: 5000,
    maxPingOut: 2,
    timeout: 5000,
    ...(credentials && {
      authenticator: credsAuthenticator(readSecret(credentials, "file of credentials")),
    }),
    ...(nkey && {
      authenticator: nkeyAuthenticator(
        new TextEncoder().encode(new TextDecoder().decode(readSecret(nkey, "NKEY")).trim()),
      ),
    }),
  };
  return all;
}

/** Connects, or tells why not in words that hold no secret. */
async function connectTo(address: NatsAddress): Promise<NatsConnection> {
  const options = await optionsOf(address);
  const { connect } = await import("@nats-io/transport-node");
  try {
    return await connect(options);
  } catch (error) {
    const { name, message } = error as Error;
    const why =
      name === "AuthorizationError"
        ? "it refuses this user, password, token or key"
        : `it cannot be reached (${printable(message).slice(0, 200)}); is it running, with TLS as the address says?`;
    throw new InputError(`${address.shown}: ${why}`);
  }
}

/** What an exchange keeps on a server. */
export class NatsStore {
  /** Changes that this end has heard of. */
  heard = 0;
  /** Called when a connection that was cut is back: something may be gone. */
  back?: () => void;
  private closed = false;
  /** Milliseconds that an answer may take: more where answers are slow. */
  private timeout = 1000;
  private opened?: Promise<Opened>;
  private readonly waiting = new Set<() => void>();
  /** What ends requests whose connection was cut, to which no answer comes. */
  private readonly asking = new Set<() => void>();

  private constructor(
    private readonly address: NatsAddress,
    private readonly connection: NatsConnection,
    private readonly patience: number,
    private readonly signal?: AbortSignal,
  ) {
    connection.subscribe(this.hint, { callback: () => this.hear() });
    void this.watch();
  }

  /**
   * @param patience milliseconds that the server may be away
   * @param signal ends the patience
   * @throws InputError when it cannot be reached, refuses, or has no JetStream.
   */
  static async open(
    address: NatsAddress,
    patience: number,
    signal?: AbortSignal,
  ): Promise<NatsStore> {
    const connection = await connectTo(address);
    const store = new NatsStore(address, connection, patience, signal);
    try {
      await store.attempt(async () => undefined);
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  /** Most bytes of a value. */
  get most(): number {
    return (this.connection.info?.max_payload ?? 2 ** 20) - ENVELOPE;
  }

  get(key: string): Promise<Stored | undefined> {
    return this.attempt(async ({ values }) => {
      const entry = await values.get(key);
      if (entry?.operation !== "PUT") return undefined;
      return { value: entry.value, revision: entry.revision };
    });
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    await this.attempt(({ values }) => values.put(key, value));
  }

  /**
   * Puts a value unless another one was put since.
   *
   * @param revision of the value that is replaced; 0 for none
   * @returns whether it was put
   */
  compareAndSet(key: string, value: Uint8Array, revision: number): Promise<boolean> {
    return this.attempt(async ({ values }) => {
      try {
        await values.put(key, value, { previousSeq: revision });
        return true;
      } catch (error) {
        if (WRONG_SEQUENCE.includes(codeOf(error) as number)) return false;
        throw error;
      }
    });
  }

  /** Keys of a pattern, in which `*` stands for what is between two dots. */
  keys(pattern: string): Promise<string[]> {
    return this.attempt(async ({ values }) => {
      const found: string[] = [];
      for await (const key of await values.keys(pattern)) found.push(key);
      return found;
    });
  }

  /** Deletes all values whose keys begin with a prefix, which ends before a dot. */
  async purge(prefix: string): Promise<void> {
    const { name } = this.address;
    await this.attempt(({ manager }) =>
      manager.streams.purge(`KV_${name}`, { filter: `$KV.${name}.${prefix}.>` }),
    );
  }

  /** Tells the other ends that something changed; a hint that is lost costs time alone. */
  tell(): void {
    if (!this.connection.isClosed()) this.connection.publish(this.hint);
  }

  /** Waits until more was heard than `since`, or so many milliseconds. */
  async changed(since: number, milliseconds: number): Promise<void> {
    if (this.heard !== since || this.closed) return;
    await new Promise<void>((resolve) => {
      const forget = after(Math.max(0, milliseconds), () => done());
      const done = () => {
        forget();
        this.waiting.delete(done);
        resolve();
      };
      this.waiting.add(done);
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.hear();
    // What was told is sent before; a server that is away is not waited for.
    const limit = new Promise<void>((resolve) => after(1000, resolve));
    await Promise.race([this.connection.flush().catch(() => undefined), limit]);
    await this.connection.close();
  }

  private get hint(): string {
    return `convoy.${this.address.name}.changed`;
  }

  private hear(): void {
    this.heard++;
    for (const done of [...this.waiting]) done();
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === "disconnect") for (const fail of [...this.asking]) fail();
      if (type !== "reconnect") continue;
      this.hear();
      this.back?.();
    }
  }

  private async bucket(): Promise<Opened> {
    const { Kvm } = await import("@nats-io/kv");
    const { jetstream, jetstreamManager } = await import("@nats-io/jetstream");
    const { timeout } = this;
    const options = { history: 1, ttl: FORGOTTEN, allow_direct: false, timeout };
    // Values are put with the time-out of their client, not with that of their bucket.
    const values = await new Kvm(jetstream(this.connection, { timeout })).create(
      this.address.name,
      options,
    );
    return { values, manager: await jetstreamManager(this.connection, { timeout }) };
  }

  private unlessCut<T>(asked: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error("the connection was cut"));
      this.asking.add(fail);
      void asked.then(resolve, reject).finally(() => this.asking.delete(fail));
    });
  }

  private async attempt<T>(act: (opened: Opened) => Promise<T>): Promise<T> {
    const end = Date.now() + this.patience;
    for (let wait = 20; ; wait = Math.min(2 * wait, 1000)) {
      try {
        this.opened ??= this.bucket();
        return await this.unlessCut(this.opened.then(act));
      } catch (error) {
        this.opened = undefined;
        if ((error as Error).name === "TimeoutError")
          this.timeout = Math.min(2 * this.timeout, LONGEST);
        const { name, message } = error as Error;
        if (this.signal?.aborted)
          throw new StoppedWaiting(`${this.address.shown}: not asked again`);
        if (this.closed || isFinal(error) || Date.now() + wait > end) {
          throw new InputError(
            `${this.address.shown}: ${name}: ${printable(message).slice(0, 200)}`,
          );
        }
      }
      await sleep(wait);
    }
  }
}
