// Beside ZigZag, a published mapper and cost model (Mei, Houshmand, Jain, Giraldo and Verhelst 2021), on its Eyeriss-like
// machine; test/support/zigzagLayers.py made the figures.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alexnet } from "../../test/support/alexnet.js";
import { root } from "../../test/support/examples.js";
import { createModel, familyOf } from "../models/index.js";
import { rankCorrelation } from "../tensor/rankCorrelation.js";
import { costOf, type Machine } from "./index.js";

const figures: {
  readonly nets: Readonly<Record<string, readonly { layer: string; energy: number }[]>>;
} = JSON.parse(readFileSync(join(root, "test/fixtures/zigzag.json"), "utf8"));

/**
 * ZigZag's machine in our words, energies in picojoules of 8 bits: a multiply-add reads a weight and an image (1 each) and
 * reads and writes a sum (1.5 and 2), which makes a mean of 1.375; 100 of 384 bits in its buffer, 1000 of 64 bits in DRAM.
 * Passing on within the array is free there.
 */
const machine: Machine = {
  name: "eyeriss_like",
  macsPerSecond: 33.6e9,
  bytesPerSecond: 1.6e9,
  array: {
    ...{ pes: 168, registerBytes: 144, bufferBytes: 1073 * 1024, bits: 8 },
    energy: { unit: "pJ", mac: 0.5, register: 1.375, array: 1e-6, buffer: 100 / 48, dram: 125 },
  },
};

/** Differences below are within what two mappers differ by. */
const APART = 1.15;

const models = { alexnet, resnet18: createModel("resnet18", familyOf("resnet18").published) };

describe.each(Object.entries(models))("%s", (name, model) => {
  const theirs = figures.nets[name].map(({ energy }) => energy);
  const { rows } = costOf(model, { bits: { weights: 8, activations: 8 }, machine });
  const ours = figures.nets[name].map(
    ({ layer }) => rows.find((row) => row.layer === layer)!.array!.energy.total,
  );

  test("layers are in the same order by energy, as far as ZigZag puts them apart", () => {
    for (const [a, energy] of theirs.entries()) {
      for (const [b, other] of theirs.entries()) {
        if (energy > APART * other) expect(ours[a]).toBeGreaterThan(ours[b]);
      }
    }
    expect(rankCorrelation(theirs, ours)).toBeGreaterThan(0.95);
  });

  test("energies are of the same size", () => {
    const ratios = theirs.map((energy, at) => ours[at] / energy);
    expect(Math.min(...ratios)).toBeGreaterThan(0.75);
    expect(Math.max(...ratios)).toBeLessThan(1.3);
  });
});
