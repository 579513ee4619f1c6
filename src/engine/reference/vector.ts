// Vectors of the reference engine: f32 numbers as the contract has them, so that what is read and
// written back is the same; held in double precision, as the kernels compute.

import { checkElements } from "../buffer.js";
import type { Reductions, Vector } from "../engine.js";

/** A vector whose elements a run changes in place, through `values`. */
export class ReferenceVector implements Vector {
  readonly values: Float64Array;

  constructor(readonly length: number) {
    checkElements("f32", length);
    this.values = new Float64Array(length);
  }

  async read(start = 0, end = this.length): Promise<Float32Array> {
    if (!(start >= 0 && start <= end && end <= this.length)) {
      throw new RangeError(`read of [${start}, ${end}) from a vector of ${this.length}`);
    }
    return Float32Array.from(this.values.subarray(start, end));
  }

  async write(values: ArrayLike<number>, start = 0): Promise<void> {
    if (!(start >= 0 && start + values.length <= this.length)) {
      throw new RangeError(
        `write of ${values.length} elements at ${start} into a vector of ${this.length}`,
      );
    }
    this.values.set(Float32Array.from(values), start);
  }

  /** Rounds every element to f32, after a run. */
  round(): void {
    this.values.set(Float32Array.from(this.values));
  }
}

/** A vector that must be this engine's. */
export function ownVector(vector: Vector): ReferenceVector {
  if (vector instanceof ReferenceVector) return vector;
  throw new TypeError("the reference engine was given a vector of another engine");
}

const valuesOf = (vector: Vector): Float64Array => ownVector(vector).values;

function dot(a: Float64Array, b: Float64Array, start = 0, end = a.length): number {
  if (a.length !== b.length) {
    throw new RangeError(`dot product of vectors of ${a.length} and ${b.length} elements`);
  }
  let sum = 0;
  for (let at = start; at < end; at++) sum += a[at] * b[at];
  return sum;
}

export const reductions: Reductions = {
  async dot(a, b) {
    return dot(valuesOf(a), valuesOf(b));
  },
  async norm(a) {
    return Math.sqrt(dot(valuesOf(a), valuesOf(a)));
  },
  async bySegment(a, b, { offsets }) {
    const ascending = offsets.every((offset, at) => offset >= (offsets[at - 1] ?? 0));
    if (!ascending || (offsets.at(-1) ?? 0) > a.length) {
      throw new RangeError(`segments [${offsets}] do not lie in order in ${a.length} elements`);
    }
    return Float64Array.from({ length: Math.max(0, offsets.length - 1) }, (_, at) =>
      dot(valuesOf(a), valuesOf(b), offsets[at], offsets[at + 1]),
    );
  },
};
