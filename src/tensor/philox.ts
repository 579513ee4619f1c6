// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011). A number is a pure function of a key and a counter, so there is no
// state to save, any order of drawing gives the same numbers, and TypeScript, C++ and WGSL agree.

/** What random numbers are for; keeps the streams of one seed apart. */
export const purposes = [
  "init",
  "order",
  "split",
  "augment",
  "dropout",
  "swarm",
  "search",
  "noise",
  "sketch",
  "make",
  "memory",
] as const;
export type Purpose = (typeof purposes)[number];

/** Names one stream of random numbers. Every field is an unsigned 32-bit integer (particle: 24 bits). */
export interface RandomKey {
  readonly seed: number;
  readonly purpose: Purpose;
  readonly particle?: number;
  readonly epoch?: number;
  readonly step?: number;
}

/**
 * Ten rounds of Philox on counter (c0..c3) under key (k0, k1), all u32; writes four u32 to `out` from
 * element `at` (default 0) on.
 *
 * @example
 * const words = new Uint32Array(4);
 * philox(0, 0, 0, 0, 0, 0, words);
 * words[0].toString(16); // "6627e8d5"
 */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  at = 0,
): void {
  for (let round = 0; round < 10; round++) {
    const low0 = Math.imul(c0, 0xd2511f53);
    const high0 = multiplyHigh(c0, 0xd2511f53);
    const low2 = Math.imul(c2, 0xcd9e8d57);
    const high2 = multiplyHigh(c2, 0xcd9e8d57);
    c0 = high2 ^ c1 ^ k0;
    c1 = low2;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** Upper 32 bits of the 64-bit product of two u32. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const middle2 = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 65536) + (middle2 >>> 16)) | 0;
}

/** The two key words and the two upper counter words of a stream; the same in every engine. */
export function keyWords(key: RandomKey): [k0: number, k1: number, c2: number, c3: number] {
  const purpose = purposes.indexOf(key.purpose);
  return [
    key.seed >>> 0,
    (((key.particle ?? 0) << 8) | purpose) >>> 0,
    (key.step ?? 0) >>> 0,
    (key.epoch ?? 0) >>> 0,
  ];
}

/**
 * Random numbers of one stream, drawn by index. Element `i` of sub-stream `stream` is word `i % 4` of
 * philox(counter = [i / 4, stream, step, epoch], key = [seed, particle << 8 | purpose]).
 *
 * @example
 * const random = new Random({ seed: 1, purpose: "order" });
 * random.uniform(0) === new Random({ seed: 1, purpose: "order" }).uniform(0); // true
 */
export class Random {
  private readonly words: readonly [number, number, number, number];
  private readonly block = new Uint32Array(4);
  private blockIndex = -1;
  private next = 0;

  constructor(
    key: RandomKey,
    private readonly stream = 0,
  ) {
    this.words = keyWords(key);
  }

  /** The u32 at an index. */
  bits(index: number): number {
    const wanted = Math.floor(index / 4);
    if (wanted !== this.blockIndex) {
      const [k0, k1, c2, c3] = this.words;
      philox(wanted, this.stream, c2, c3, k0, k1, this.block);
      this.blockIndex = wanted;
    }
    return this.block[index % 4];
  }

  /** A number in [0, 1) with 24 random bits; drawn in order when no index is given. */
  uniform(index = this.next++): number {
    return (this.bits(index) >>> 8) / 16777216;
  }

  /** A number in [low, high), drawn in order. */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A standard normal number (Box-Muller); drawn in order when no index is given. */
  normal(index = this.next++): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform(2 * index)));
    return radius * Math.cos(2 * Math.PI * this.uniform(2 * index + 1));
  }

  /**
   * A whole number in [0, bound), drawn in order. Of the 2^32 words as many lead to one number as to another, give
   * or take one: no number is likelier than another by more than bound / 2^32 of its share.
   */
  integer(bound: number): number {
    return Math.floor(((this.bits(this.next++) >>> 0) / 4294967296) * bound);
  }

  /** The numbers 0..length-1 in random order (Fisher-Yates). */
  permutation(length: number): Int32Array {
    const order = Int32Array.from({ length }, (_, index) => index);
    for (let last = length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const held = order[last];
      order[last] = order[other];
      order[other] = held;
    }
    return order;
  }
}
