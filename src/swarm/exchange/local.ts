// How messages get from every particle to every other one. Here all of them live in one process; for
// other machines another implementation of the contract is enough, since nothing but bytes passes.

/** One meeting after the other of the same particles. */
export interface AllGather {
  /** Bytes that all particles have sent so far. */
  readonly bytes: number;
  /**
   * Gives all messages of a meeting, by particle, once everybody has come. A particle that has nothing
   * to say comes with `undefined`, so that nobody waits for it.
   */
  gather(particle: number, message: Uint8Array | undefined): Promise<Messages>;
}

/** What a meeting brought: for each particle its message, or `undefined`. The same object for all. */
export type Messages = readonly (Uint8Array | undefined)[];

/** The particles of one process. */
export class LocalAllGather implements AllGather {
  private sent = 0;
  private waiting: { message?: Uint8Array; resolve(messages: Messages): void }[] = [];
  private come = 0;

  constructor(private readonly particles: number) {}

  get bytes(): number {
    return this.sent;
  }

  gather(particle: number, message: Uint8Array | undefined): Promise<Messages> {
    return new Promise((resolve) => {
      this.waiting[particle] = { message, resolve };
      this.sent += message?.length ?? 0;
      if (++this.come === this.particles) this.close();
    });
  }

  private close(): void {
    const { waiting } = this;
    const messages = waiting.map(({ message }) => message);
    this.waiting = [];
    this.come = 0;
    for (const { resolve } of waiting) resolve(messages);
  }
}
