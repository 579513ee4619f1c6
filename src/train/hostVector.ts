// A vector that no engine works on: what a compressor or a task remembers lies in JavaScript's memory.

import type { Vector } from "../engine/engine.js";

/** Numbers that are read, written and saved as those of an engine are. */
export class HostVector implements Vector {
  constructor(readonly values: Float32Array) {}

  get length(): number {
    return this.values.length;
  }

  async read(start = 0, end = this.length): Promise<Float32Array> {
    return this.values.slice(start, end);
  }

  async write(values: ArrayLike<number>, start = 0): Promise<void> {
    this.values.set(values, start);
  }
}
