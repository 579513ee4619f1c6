// The exchange of one process: nothing is copied, and bytes are those that particles elsewhere would be sent.

import type { Vector } from "../../engine/engine.js";
import type { Snapshot } from "../coupling.js";
import {
  absent,
  type Exchange,
  type ExchangeDriver,
  type Messages,
  type Published,
} from "./exchange.js";
import { Rounds } from "./rounds.js";

interface Publication {
  readonly snapshot: Snapshot;
  readonly vectors: Published;
}

/** All particles of a swarm, whose vectors stay where they are. */
export class LocalExchange implements Exchange {
  private sent = 0;
  private readonly rounds: Rounds<Publication>;
  private readonly messages: Rounds<Uint8Array>;
  /** Messages of each particle so far, empty ones too. */
  private readonly gathered: number[];
  private current: readonly (Publication | undefined)[] = [];
  /** Vectors that others took in the current round: each would be sent once. */
  private taken = new Set<Vector>();

  /** @param trainable elements at the beginning of a vector that would be sent. */
  constructor(
    readonly particles: number,
    private readonly trainable: number,
  ) {
    this.rounds = new Rounds(particles);
    this.messages = new Rounds(particles);
    this.gathered = new Array<number>(particles).fill(0);
  }

  get bytes(): number {
    return this.sent;
  }

  async publish(round: number, snapshot: Snapshot, vectors: Published): Promise<void> {
    this.rounds.put(round, snapshot.particle, { snapshot, vectors });
  }

  async round(number: number, deadline?: number): Promise<readonly Snapshot[]> {
    this.current = await this.rounds.take(number, deadline);
    this.taken = new Set();
    return this.current.map((found, particle) => found?.snapshot ?? absent(particle));
  }

  async vector(particle: number, name: string, by: number): Promise<Vector> {
    const vector = this.current[particle]?.vectors[name];
    if (!vector) throw new Error(`particle ${particle} published no vector "${name}"`);
    if (by !== particle && !this.taken.has(vector)) {
      this.taken.add(vector);
      this.sent += 4 * Math.min(vector.length, this.trainable);
    }
    return vector;
  }

  gather(particle: number, message: Uint8Array | undefined, deadline?: number): Promise<Messages> {
    const number = this.gathered[particle]++;
    this.sent += message?.length ?? 0;
    this.messages.put(number, particle, message);
    return this.messages.take(number, deadline);
  }

  async over(): Promise<number> {
    return this.messages.over;
  }

  get gathers(): number {
    return Math.max(...this.gathered);
  }

  resume(gathers: number): void {
    this.gathered.fill(gathers);
  }

  /** Whoever resumes is alone, and asks for nothing again. */
  async saved(): Promise<void> {}

  async close(): Promise<void> {}
}

/** The driver of swarms that one process hosts as a whole. */
export const local: ExchangeDriver = {
  open: async ({ particles, layout }) => new LocalExchange(particles, layout.trainable),
};
