// A vector in memory that JavaScript and the addon share.

import type { Vector } from "../engine.js";
import type { Addon, NativeQueue } from "./addon.js";

let stamps = 0;

/** Shared by all native engines of a process. */
export class NativeVector implements Vector {
  readonly values: Float32Array;
  #stamp = ++stamps;

  constructor(
    addon: Addon,
    private readonly queue: NativeQueue,
    readonly length: number,
  ) {
    this.values = new Float32Array(addon.allocate(length * 4), 0, length);
  }

  /** Checks that a vector is a native engine's. */
  static own(vector: Vector): NativeVector {
    if (vector instanceof NativeVector) return vector;
    throw new RangeError(
      "this vector belongs to another kind of engine; read it and write it here",
    );
  }

  /** A number for what the vector holds: no vector has had it with other elements. */
  get stamp(): number {
    return this.#stamp;
  }

  /** Says that the elements are, or may be, others than before. */
  touch(): void {
    this.#stamp = ++stamps;
  }

  async read(start = 0, end = this.length): Promise<Float32Array> {
    const values = this.values.subarray(start, end);
    const copy = new Float32Array(values.length);
    await this.queue.copy(values, copy);
    return copy;
  }

  async write(values: ArrayLike<number>, start = 0): Promise<void> {
    if (!(start >= 0 && start + values.length <= this.length)) {
      throw new RangeError(
        `write of ${values.length} elements at ${start} does not fit a vector of ${this.length}`,
      );
    }
    await changing([this], this.queue.copy(Float32Array.from(values), this.values.subarray(start)));
  }
}

/**
 * Waits for work that changes vectors. Another engine may look at them while it is under way, so their
 * elements count as others when it starts and when it has ended.
 */
export async function changing(vectors: readonly NativeVector[], work: Promise<void>) {
  for (const vector of vectors) vector.touch();
  try {
    await work;
  } finally {
    for (const vector of vectors) vector.touch();
  }
}
