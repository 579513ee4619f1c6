// Channels that do not fill a block have zeros beside them, whatever lay there before: the numbers of images that were no
// numbers at all, in a buffer of the same size that is free again.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { interpret } from "../../src/engine/reference/index.js";
import { cast, conv2d, Graph, input, type Value } from "../../src/graph/index.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";
import { ladder, relativeError } from "./case.js";
import { tested } from "./engines.js";

/** Channels of images that fill blocks of 16, and of images that leave lanes empty. */
const [FULL, PART] = [32, 20];
const SIDE = 6;
const images = (channels: number): Shape => [2, channels, SIDE, SIDE];
const kernels = (channels: number): Shape => [FULL, channels, 3, 3];
const numbers = (shape: Shape, seed: number) =>
  Float32Array.from(ladder(sizeOf(shape), [-1, 1], seed));

const dtypes = {
  f32: (value: Value) => value,
  bf16: (value: Value) => cast(value, "bf16"),
} as const;

/** Two convolutions one behind the other, of which nothing of the first is left when the second begins. */
function oneAfterTheOther(as: (value: Value) => Value) {
  const graph = new Graph();
  for (const [name, channels] of Object.entries({ first: FULL, second: PART })) {
    const x = as(input(graph, `${name}.x`, images(channels)));
    const w = as(input(graph, `${name}.w`, kernels(channels)));
    graph.output(name, cast(conv2d(x, w, { strides: 2, padding: 1 }), "f32"));
  }
  const inputs = {
    "first.x": new Float32Array(sizeOf(images(FULL))).fill(Number.NaN),
    "first.w": numbers(kernels(FULL), 1),
    "second.x": numbers(images(PART), 2),
    "second.w": numbers(kernels(PART), 3),
  };
  return { graph, inputs };
}

for (const { title, open, skip } of tested) {
  describe.skipIf(skip)(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    it.each(Object.entries(dtypes))("%s", async (_, as) => {
      const { graph, inputs } = oneAfterTheOther(as);
      const program = await engine.compile(graph);
      const wanted = interpret(graph, { inputs }).second;
      for (let run = 0; run < 2; run++) {
        const { first, second } = await program.run({ inputs });
        expect((first as Float32Array).every(Number.isNaN)).toBe(true);
        expect(relativeError(second as Float32Array, wanted)).toBeLessThan(1e-2);
      }
    });
  });
}
