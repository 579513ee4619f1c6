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

  it("permutes", () => {
    const order = new Random(key).permutation(100);
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });
});
