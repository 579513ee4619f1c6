// A vector in memory that JavaScript and the addon share.

import type { Vector } from "../engine.js";
import type { Addon, NativeQueue } from "./addon.js";
import { sharedElements } from "./memory.js";

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
    this.values = sharedElements(addon, "f32", length);
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
    if (!isRange(start, end, this.length)) {
      throw new RangeError(`read of [${start}, ${end}) from a vector of ${this.length}`);
    }
    return this.queue.read(this.values.subarray(start, end));
  }

  async write(values: ArrayLike<number>, start = 0): Promise<void> {
    if (!isRange(start, start + values.length, this.length)) {
      throw new RangeError(
        `write of ${values.length} elements at ${start} does not fit a vector of ${this.length}`,
      );
    }
    const numbers = values instanceof Float32Array ? values : Float32Array.from(values);
    await changing([this], this.queue.write(numbers, this.values.subarray(start)));
  }
}

const isRange = (start: number, end: number, length: number): boolean =>
  Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= length;

/**
 * Waits for work that changes vectors. Another engine may look at them while it is under way, so their
 * elements count as others when it starts and when it has ended.
 */
export async function changing<T>(vectors: readonly NativeVector[], work: Promise<T>): Promise<T> {
  for (const vector of vectors) vector.touch();
  try {
    return await work;
  } finally {
    for (const vector of vectors) vector.touch();
  }
}
