import { describe, expect, it } from "vitest";
import { philox, Random } from "./philox.js";

/** Known answers published with Random123 (`kat_vectors`, philox4x32 10 rounds). */
const knownAnswers: [counter: number[], key: number[], expected: number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

describe("philox", () => {
  it.each(knownAnswers)("maps counter %j under key %j to the published words", (c, k, expected) => {
    const out = new Uint32Array(6);
    philox(c[0], c[1], c[2], c[3], k[0], k[1], out, 1);
    expect([...out]).toEqual([0, ...expected, 0]);
  });
});

describe("Random", () => {
  const key = { seed: 7, purpose: "augment", particle: 3, epoch: 2, step: 5 } as const;

  it("is the documented function of key, stream and index", () => {
    const block = new Uint32Array(4);
    philox(1, 9, 5, 2, 7, (3 << 8) | 3, block);
    expect(new Random(key, 9).bits(6)).toBe(block[2]);
  });

  it("gives the same numbers in any order", () => {
    const random = new Random(key);
    const forwards = Array.from({ length: 20 }, (_, at) => random.uniform(at));
    const backwards = Array.from({ length: 20 }, (_, at) => random.uniform(19 - at));
    expect(backwards.reverse()).toEqual(forwards);
  });

  it("changes with every part of the key", () => {
    const first = (change: object, stream = 0) => new Random({ ...key, ...change }, stream).bits(0);
    const changed = [
      first({}),
      first({}, 1),
      first({ seed: 8 }),
      first({ purpose: "order" }),
      first({ particle: 4 }),
      first({ epoch: 3 }),
      first({ step: 6 }),
    ];
    expect(new Set(changed).size).toBe(changed.length);
  });

  it("has the moments of its distributions", () => {
    const count = 20_000;
    const moments = (draw: (random: Random) => number) => {
      const random = new Random(key);
      const numbers = Array.from({ length: count }, () => draw(random));
      const mean = numbers.reduce((a, b) => a + b) / count;
      return [mean, numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count];
    };
    const [mean, variance] = moments((random) => random.uniform());
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    const [normalMean, normalVariance] = moments((random) => random.normal());
    expect(Math.abs(normalMean)).toBeLessThan(0.03);
    expect(Math.abs(normalVariance - 1)).toBeLessThan(0.04);
  });

  it("maps as many words to one whole number as to another", () => {
    class Word extends Random {
      constructor(private readonly word: number) {
        super(key);
      }
      override bits = () => this.word;
    }
    const words = 2 ** 32;
    for (const bound of [1, 2, 3, 7, 10, 255, 1000, 60_000]) {
      for (const k of [0, 1, 2, Math.floor(bound / 2), bound - 1]) {
        // Words from first to next - 1 are those of k, so that counts differ by one at most.
        const [first, next] = [
          Math.ceil((k * words) / bound),
          Math.ceil(((k + 1) * words) / bound),
        ];
        if (k >= bound) continue;
        expect([first, next - 1].map((word) => new Word(word).integer(bound))).toEqual([k, k]);
        expect(Math.abs(next - first - words / bound)).toBeLessThan(1);
      }
    }
  });

  /** Pearson's statistic of counts that should be equal. */
  const chiSquare = (counts: readonly number[]) => {
    const expected = counts.reduce((a, b) => a + b) / counts.length;
    return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
  };

  it.each([
    // Quantiles of chi-square at 0.999 for bound - 1 degrees of freedom.
    [3, 13.82],
    [7, 22.46],
    [10, 27.88],
    [100, 148.23],
  ])("draws whole numbers below %d evenly", (bound, most) => {
    const random = new Random(key);
    const counts = new Array<number>(bound).fill(0);
    for (let at = 0; at < 100 * bound; at++) counts[random.integer(bound)]++;
    expect(chiSquare(counts)).toBeLessThan(most);
  });

  it("draws all orders evenly", () => {
    const counts = new Map<string, number>();
    const draws = 2400;
    for (let step = 0; step < draws; step++) {
      const order = new Random({ ...key, step }).permutation(4).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // At 0.999 for 23 degrees of freedom.
    expect(chiSquare([...counts.values()])).toBeLessThan(49.73);
  });

  it("permutes", () => {
    const order = new Random(key).permutation(100);
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });
});
