// An exchange for tests: two ends that have nothing in common but bytes, as processes on two machines would.

import { deserialize, serialize } from "node:v8";
import type { Engine, Vector } from "../../src/engine/engine.js";
import type { Snapshot } from "../../src/swarm/coupling.js";
import {
  absent,
  type Exchange,
  type ExchangeDriver,
  type Messages,
  type Published,
} from "../../src/swarm/exchange/exchange.js";
import { Rounds } from "../../src/swarm/exchange/rounds.js";

/** What a particle published, once it is read. */
interface Publication {
  readonly snapshot: Snapshot;
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

/** What lies between the ends. */
class Wire {
  readonly rounds: Rounds<Uint8Array>;
  readonly messages: Rounds<Uint8Array>;

  constructor(readonly particles: number) {
    this.rounds = new Rounds(particles);
    this.messages = new Rounds(particles);
  }
}

class ByteExchange implements Exchange {
  bytes = 0;
  private current: readonly (Publication | undefined)[] = [];
  private vectors = new Map<string, Promise<Vector>>();
  private readonly gathered: number[];

  constructor(
    private readonly wire: Wire,
    private readonly engine: Engine,
  ) {
    this.gathered = new Array<number>(wire.particles).fill(0);
  }

  get particles(): number {
    return this.wire.particles;
  }

  async publish(round: number, snapshot: Snapshot, vectors: Published): Promise<void> {
    const copies = await Promise.all(
      Object.entries(vectors).map(async ([name, vector]) => [name, await vector.read()]),
    );
    const publication: Publication = { snapshot, vectors: Object.fromEntries(copies) };
    const bytes = serialize(publication);
    this.bytes += bytes.length;
    this.wire.rounds.put(round, snapshot.particle, bytes);
  }

  async round(number: number, deadline?: number): Promise<readonly Snapshot[]> {
    const found = await this.wire.rounds.take(number, deadline);
    this.current = found.map((bytes): Publication | undefined => bytes && deserialize(bytes));
    this.vectors = new Map();
    return this.current.map((publication, particle) => publication?.snapshot ?? absent(particle));
  }

  async vector(particle: number, name: string): Promise<Vector> {
    const values = this.current[particle]?.vectors[name];
    if (!values) throw new Error(`particle ${particle} published no vector "${name}"`);
    const key = `${particle} ${name}`;
    const made = this.vectors.get(key) ?? this.make(values);
    this.vectors.set(key, made);
    return made;
  }

  gather(particle: number, message?: Uint8Array, deadline?: number): Promise<Messages> {
    const number = this.gathered[particle]++;
    this.bytes += message?.length ?? 0;
    this.wire.messages.put(number, particle, message?.slice());
    return this.wire.messages.take(number, deadline);
  }

  async over(): Promise<number> {
    return this.wire.messages.over;
  }

  get gathers(): number {
    return Math.max(...this.gathered);
  }

  resume(gathers: number): void {
    this.gathered.fill(gathers);
  }

  async saved(): Promise<void> {}

  async close(): Promise<void> {}

  private async make(values: Float32Array): Promise<Vector> {
    const vector = this.engine.vector(values.length);
    await vector.write(values);
    return vector;
  }
}

/** Drivers of two processes: one hosts the even particles, the other one the odd ones. */
export function byteDrivers(particles: number): readonly ExchangeDriver[] {
  const wire = new Wire(particles);
  return [0, 1].map((first) => ({
    hosted: [...Array(particles).keys()].filter((particle) => particle % 2 === first),
    open: async ({ engine }) => new ByteExchange(wire, engine),
  }));
}
