// Lets so many in at a time, in the order in which they came.

export class Gate {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Does some work as soon as its turn has come. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((enter) => this.waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
