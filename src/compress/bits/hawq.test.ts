// The allocations that the authors of HAWQ-V3 (arXiv 2011.10680) print for ResNet-18, from their traces, their distances
// and their counts; the optima were found by trying all 2^16 allocations.

import { describe, expect, test } from "vitest";
import { allocate, type BitLayer } from "./allocate.js";

const traces = [
  0.06857826, 0.03162379, 0.03298575, 0.01205663, 0.02222431, 0.00596336, 0.06931772, 0.00807129,
  0.00372905, 0.00530698, 0.00209011, 0.00737569, 0.00210454, 0.00151197, 0.00158041, 0.00078146,
  0.00451841, 0.00098745, 0.00072944,
];
const distances: Readonly<Record<number, readonly number[]>> = {
  8: [
    0.0235, 0.0125, 0.0102, 0.0082, 0.0145, 0.0344, 0.0023, 0.0287, 0.0148, 0.0333, 0.0682, 0.0027,
    0.0448, 0.0336, 0.0576, 0.113, 0.0102, 0.0947, 0.0532,
  ],
  4: [
    6.743, 3.9691, 3.3281, 2.6796, 4.7277, 10.5966, 0.6827, 9.0942, 4.8857, 10.7599, 21.7546,
    0.8603, 14.5324, 10.9651, 18.7706, 36.4044, 3.1572, 29.6994, 17.4016,
  ],
};
const params = [
  ...[36864, 36864, 36864, 36864, 73728, 147456, 8192, 147456, 147456, 294912, 589824, 32768],
  ...[589824, 589824, 1179648, 2359296, 131072, 2359296, 2359296],
];
const stage = [57.802752, 115.605504, 6.422528, 115.605504, 115.605504];
const macs = [115.605504, 115.605504, 115.605504, 115.605504, ...stage, ...stage, ...stage];
/** Shortcuts have the bits of the layer that takes the same images. */
const ties = new Map([
  ...[4, 6].map((at) => [at, "stage 2"] as const),
  ...[9, 11].map((at) => [at, "stage 3"] as const),
  ...[14, 16].map((at) => [at, "stage 4"] as const),
]);

const costs = {
  /** MiB. */
  size: (at: number, bits: number) => (params[at] * bits) / 8 / 2 ** 20,
  /** The authors' unit: 10^6 multiply-adds, of which a 16th count at 8 bits and a 64th at 4. */
  bops: (at: number, bits: number) => (macs[at] * bits * bits) / 1024,
};

const layers = (kind: keyof typeof costs): BitLayer[] =>
  traces.map((trace, at) => ({
    name: String(at),
    tie: ties.get(at),
    choices: [4, 8].map((bits) => ({
      bits,
      loss: trace * distances[bits][at],
      cost: costs[kind](at, bits),
    })),
  }));

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Bits of all layers, from runs of equal ones. */
const runs = (...parts: readonly (readonly [bits: number, count: number])[]) =>
  parts.flatMap(([bits, count]) => Array<number>(count).fill(bits));

interface Row {
  readonly kind: keyof typeof costs;
  readonly share: number;
  readonly bits: readonly number[];
  readonly loss: number;
  readonly size: number;
  readonly bops: number;
  /** Size in MB and BOPS of the whole net, as the paper's table 1 has them. */
  readonly published: readonly [size: number, bops: number];
}

const rows: readonly Row[] = [
  {
    ...{ kind: "size", share: 0.25, loss: 0.1183, size: 6.641, bops: 86.7, published: [7.3, 95] },
    bits: runs([8, 14], [4, 5]),
  },
  {
    ...{ kind: "size", share: 0.5, loss: 0.0745, size: 7.266, bops: 89.72, published: [7.9, 98] },
    bits: runs([8, 15], [4, 1], [8, 1], [4, 2]),
  },
  {
    ...{ kind: "size", share: 0.75, loss: 0.0334, size: 9.234, bops: 95.13, published: [9.9, 103] },
    bits: runs([8, 13], [4, 1], [8, 4], [4, 1]),
  },
  {
    ...{ kind: "bops", share: 0.25, loss: 0.4604, size: 5.412, bops: 45.76, published: [6.1, 54] },
    bits: [8, 8, 8, 4, 8, 4, 8, ...runs([4, 12])],
  },
  {
    ...{ kind: "bops", share: 0.5, loss: 0.2157, size: 5.99, bops: 65.03, published: [6.7, 72] },
    bits: [8, 8, 8, 4, 8, 8, 8, 8, 4, 8, 8, 8, ...runs([4, 7])],
  },
  {
    ...{ kind: "bops", share: 0.75, loss: 0.08, size: 8.039, bops: 84.3, published: [8.7, 92] },
    bits: [...runs([8, 8]), 4, 8, 8, 8, 8, 4, 8, 4, 8, 8, 4],
  },
];

/** What all layers cost in so many bits. */
const uniform = (kind: keyof typeof costs, bits: number) =>
  sum(traces.map((_, at) => costs[kind](at, bits)));

describe("ResNet-18 of HAWQ-V3", () => {
  test.each(rows)("$kind at $share of the way from 4 to 8 bits", (row) => {
    const { kind, share } = row;
    const budget = uniform(kind, 4) + share * (uniform(kind, 8) - uniform(kind, 4));
    const { bits, loss, cost } = allocate(layers(kind), budget);
    const found = [...bits.values()];
    expect(found).toEqual(row.bits);
    expect(loss).toBeCloseTo(row.loss, 4);
    const size = sum(found.map((each, at) => costs.size(at, each)));
    const bops = sum(found.map((each, at) => costs.bops(at, each)));
    expect(size).toBeCloseTo(row.size, 3);
    expect(Math.abs(bops - row.bops)).toBeLessThan(0.01);
    expect(cost).toBeCloseTo(kind === "size" ? size : bops, 9);
    // The first convolution and the last layer stay at 8 bits; the paper rounds to 0.1 MB and to whole BOPS.
    const [publishedSize, publishedBops] = row.published;
    expect(Math.abs(size + 0.5 - publishedSize)).toBeLessThan(0.25);
    expect(Math.abs(bops + 7.4 - publishedBops)).toBeLessThan(1);
  });

  test.each([
    [4, 1.3077],
    [8, 0.0043],
  ])("all layers at %i bits", (bits, loss) => {
    const all = layers("size").map((layer) => ({
      ...layer,
      choices: layer.choices.filter((choice) => choice.bits === bits),
    }));
    expect(allocate(all, uniform("size", bits)).loss).toBeCloseTo(loss, 4);
  });
});
