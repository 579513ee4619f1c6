// Numbers of a few bits each, one behind the other, lowest bit first.

/** Collects bits into bytes. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private held = 0;
  private count = 0;

  put(value: number, bits: number): void {
    for (let bit = 0; bit < bits; bit++) {
      this.held |= ((value >>> bit) & 1) << this.count++;
      if (this.count < 8) continue;
      this.bytes.push(this.held);
      [this.held, this.count] = [0, 0];
    }
  }

  /** All bytes; what is left of the last one is 0. */
  end(): Uint8Array {
    return Uint8Array.from(this.count > 0 ? [...this.bytes, this.held] : this.bytes);
  }
}

/** Gives back what a {@link BitWriter} collected. */
export class BitReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** The next number; bits behind the end are 0. */
  take(bits: number): number {
    let value = 0;
    for (let bit = 0; bit < bits; bit++, this.at++) {
      value |= (((this.bytes[this.at >>> 3] ?? 0) >>> (this.at & 7)) & 1) << bit;
    }
    return value;
  }

  /** Whether exactly all bytes have been read, at least in part. */
  get done(): boolean {
    return Math.ceil(this.at / 8) === this.bytes.length;
  }
}
