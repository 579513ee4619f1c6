// A short stand-in for a long vector: every element is added to one of a few buckets, with a sign, both
// drawn at random. Products of sketches are on average those of the vectors, so distances and images
// can be made of points that nobody keeps. Count sketch: Charikar, Chen, Farach-Colton 2002, "Finding
// frequent items in data streams"; as a projection: Weinberger et al. 2009, arXiv 0902.2206.

import { Random } from "../tensor/philox.js";

/** Buckets of a sketch: products are off by about a sixteenth of the product of the lengths. */
export const BUCKETS = 256;

const SIGN = 0x8000;

/**
 * Makes sketches of vectors of one length.
 *
 * @example
 * const sketcher = new Sketcher(1000);
 * const [a, b] = [new Float32Array(1000).fill(1), new Float32Array(1000).fill(-1)];
 * const [x, y] = [sketcher.sketch(a), sketcher.sketch(b)];
 * x.length; // 256
 * x.every((value, at) => value + y[at] === 0); // true
 */
export class Sketcher {
  /** Bucket of each element, and {@link SIGN} where it is subtracted. */
  private readonly places: Uint16Array;

  constructor(length: number) {
    const random = new Random({ seed: 0, purpose: "sketch" });
    this.places = Uint16Array.from({ length }, (_, at) => {
      const bits = random.bits(at);
      return (bits % BUCKETS) | (bits & 0x80000000 ? SIGN : 0);
    });
  }

  /** The sketch [{@link BUCKETS}] of the first elements of a vector. */
  sketch(vector: ArrayLike<number>): Float64Array {
    const sums = new Float64Array(BUCKETS);
    for (const [at, place] of this.places.entries()) {
      sums[place & (BUCKETS - 1)] += place & SIGN ? -vector[at] : vector[at];
    }
    return sums;
  }
}
