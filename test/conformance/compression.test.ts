// Compressed numbers are the same bytes on every engine, and damaged ones are refused by each.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/index.js";
import { compress, conv2d, Graph, input, restore, sub } from "../../src/graph/index.js";
import { compressGrid, gridOfShape } from "../../src/tensor/compression/container.js";
import { restore as restoreBytes } from "../../src/tensor/index.js";
import { Random } from "../../src/tensor/philox.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";
import { everyEngine } from "./engines.js";

const random = new Random({ seed: 7, purpose: "augment" });

/** So few numbers that each is a symbol of its own, and 4096 / 115 has to be rounded up for each. */
const EVEN = 115;
/** The whole numbers below that in turns without an order, so that all of them come equally often. */
let turn: readonly number[] = [];
function evenly(at: number): number {
  if (at % EVEN === 0) turn = [...random.permutation(EVEN)];
  return turn[at % EVEN];
}

/** Images that are smooth, rectified, or have odd ones among them. */
const contents: Readonly<Record<string, (at: number) => number>> = {
  smooth: (at) => Math.sin(at / 40) + Math.cos(at / 300),
  rectified: () => Math.max(0, random.normal()),
  "large and small": (at) => (at % 97 === 0 ? 1000 : 0.001) * random.normal(),
  tiny: () => 1e-39 * random.normal(),
  // Each of so many symbols has its share rounded up, which then has to be taken back from many of them.
  "evenly spread": (at) => 0.2 * (evenly(at) - (EVEN - 1) / 2),
  "as large as can be": (at) => (at % 50 === 0 ? 2 ** 128 - 2 ** 104 : random.normal()),
  "not finite": (at) => (at % 5000 === 0 ? Number.NaN : random.normal()),
};
const shapes: readonly Shape[] = [
  [2, 16, 33, 20],
  [2, 90, 130],
  [1, 20_000],
];
const settings: readonly (readonly [bound: number, share: number])[] = [
  [0.1, 0.5],
  [0.002, 1],
  [0.001, 0.125],
  [0, 0.25],
  [3e-38, 0.5],
  [1e-40, 1.1],
];

/** What TypeScript makes of each content, once for all engines. */
const cases = Object.keys(contents).map((name) => ({
  name,
  examples: shapes.flatMap((shape) => {
    const x = Float32Array.from({ length: sizeOf(shape) }, (_, at) => contents[name](at));
    return settings.map(([bound, share]) => {
      const capacity = Math.ceil(share * x.byteLength);
      const expected = compressGrid(x, gridOfShape(shape), Math.fround(bound), capacity);
      return { shape, x, bound, capacity, expected, restored: restoreBytes(expected.bytes) };
    });
  }),
}));

describe.each(everyEngine)("$title", ({ skip, open }) => {
  let engine: Engine;
  beforeAll(async () => {
    if (!skip) engine = await open();
  });
  afterAll(() => engine?.close());

  async function compressed(x: Float32Array, shape: Shape, bound: number, capacity: number) {
    const graph = new Graph();
    const [stored, report] = compress(input(graph, "x", shape), input(graph, "b", [1]), capacity);
    graph.output("stored", stored);
    graph.output("report", report);
    graph.output("restored", restore(stored, shape));
    const program = await engine.compile(graph);
    return program.run({ inputs: { x, b: Float32Array.of(bound) } });
  }

  it.skipIf(skip).each(cases)("makes the bytes of all: $name", async ({ examples }) => {
    for (const { shape, x, bound, capacity, expected, restored } of examples) {
      const found = await compressed(x, shape, bound, capacity);
      const { report } = found;
      expect(found.stored.subarray(0, report[2])).toEqual(expected.bytes);
      expect([report[0], report[1]]).toEqual([expected.bound, expected.doublings]);
      expect(report[2]).toBeLessThanOrEqual(capacity);
      expect(report[3]).toBe(x.filter((value) => value !== 0).length);
      expect(found.restored).toEqual(restored);
    }
  });

  it.skipIf(skip)("takes the room of an engine's own order beside what a slot has", async () => {
    const graph = new Graph();
    // Few channels and many pixels: in blocks of channels zeros alone need more than is asked for.
    const images = conv2d(input(graph, "x", [2, 1, 64, 64]), input(graph, "w", [1, 1, 3, 3]));
    const again = conv2d(images, input(graph, "v", [2, 1, 3, 3]));
    const [stored, report] = compress(again, input(graph, "b", [1]), 50);
    graph.output("report", report);
    graph.output("error", sub(again, restore(stored, again.shape)));
    const program = await engine.compile(graph);
    const fill = (length: number) => Float32Array.from({ length }, () => random.normal());
    const { error, report: told } = await program.run({
      inputs: { x: fill(2 * 64 * 64), w: fill(9), v: fill(18), b: Float32Array.of(0.5) },
    });
    expect(told[1]).toBeGreaterThan(0);
    expect(error.every((value) => Math.abs(value) <= told[0])).toBe(true);
    const tooSmall = new Graph();
    const slot = compress(input(tooSmall, "x", [9]), input(tooSmall, "b", [1]), 5)[0];
    tooSmall.output("y", restore(slot, [9]));
    const compiled = engine
      .compile(tooSmall)
      .then((made) => made.run({ inputs: { x: fill(9), b: fill(1) } }));
    await expect(compiled).rejects.toThrow(/zeros/);
  });

  it.skipIf(skip)("loses what is not finite rather than take more room", async () => {
    const x = new Float32Array(20_000).fill(Number.POSITIVE_INFINITY);
    const { restored, report } = await compressed(x, [20_000], 0.1, 2000);
    expect(report[2]).toBeLessThanOrEqual(2000);
    expect(restored.every(Number.isNaN)).toBe(true);
  });

  it.skipIf(skip)("refuses damaged bytes", async () => {
    const shape = [1, 2, 100, 150];
    const x = Float32Array.from({ length: sizeOf(shape) }, () => Math.max(0, random.normal()));
    const { bytes } = compressGrid(x, gridOfShape(shape), 0.0625);
    const graph = new Graph();
    graph.output("y", restore(input(graph, "stored", [bytes.length], "u8"), shape));
    const program = await engine.compile(graph);
    const run = (stored: Uint8Array) => program.run({ inputs: { stored } });
    expect((await run(bytes)).y).toEqual(restoreBytes(bytes));
    for (let at = 0; at < bytes.length; at += at < 60 ? 1 : 211) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] ^= 1 << (at % 8);
      await expect(run(damaged), `byte ${at}`).rejects.toThrow(
        /damaged|cut off|shape|version|expected/,
      );
    }
  });
});
