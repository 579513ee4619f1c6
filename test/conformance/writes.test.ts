// Reads see a vector as it was before the run, writes happen in order: an engine that writes results
// straight to their place has to find out when it may.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import * as g from "../../src/graph/index.js";
import { everyEngine } from "./engines.js";

interface Example {
  readonly name: string;
  /** Builds on the vector "v", which holds 1, 2, 3, 4, 5, 6, and the input "x" of six tens. */
  build(graph: g.Graph, x: g.Value): void;
  readonly v: readonly number[];
  readonly y?: readonly number[];
}

const examples: readonly Example[] = [
  {
    name: "a reshaped read outlives a write to its place",
    build(graph, x) {
      const old = g.reshape(g.read(graph, "v", [6]), [2, 3]);
      g.write("v", g.exp(g.mul(x, g.constant(graph, 0))));
      const rows = g.reshape(g.reduceSum(g.reshape(x, [2, 3]), [1], true), [2, 1]);
      graph.output("y", g.mul(old, rows));
    },
    v: [1, 1, 1, 1, 1, 1],
    y: [30, 60, 90, 120, 150, 180],
  },
  {
    name: "a later write of a read wins over an earlier one",
    build(graph, x) {
      g.write("v", g.neg(x));
      g.write("v", g.reshape(g.read(graph, "v", [2], 4), [2, 1]), 1);
    },
    v: [-10, 5, 6, -10, -10, -10],
  },
  {
    name: "a later result wins over an earlier write of an input",
    build(_, x) {
      g.write("v", x);
      g.write("v", g.neg(g.slice(x, [0], [2])), 2);
    },
    v: [10, 10, -10, -10, 10, 10],
  },
  {
    name: "one value goes to two places",
    build(graph, x) {
      const sum = g.add(g.read(graph, "v", [3]), g.slice(x, [0], [3]));
      g.write("v", sum, 0);
      g.write("v", sum, 3);
    },
    v: [11, 12, 13, 11, 12, 13],
  },
  {
    name: "a result takes the place of what the next one still reads",
    build(graph) {
      const [low, high] = [g.read(graph, "v", [3]), g.read(graph, "v", [3], 3)];
      const sum = g.add(low, high);
      g.write("v", sum);
      g.write("v", g.mul(low, sum), 3);
    },
    v: [5, 7, 9, 5, 14, 27],
  },
  {
    name: "halves change places",
    build(graph) {
      const [low, high] = [g.read(graph, "v", [3]), g.read(graph, "v", [3], 3)];
      g.write("v", g.neg(high), 0);
      g.write("v", g.neg(low), 3);
    },
    v: [-4, -5, -6, -1, -2, -3],
  },
  {
    name: "a place is written over by what is read beside it",
    build(graph) {
      g.write("v", g.add(g.read(graph, "v", [5], 0), g.read(graph, "v", [5], 1)), 1);
    },
    v: [1, 3, 5, 7, 9, 11],
  },
];

for (const { title, open, skip } of everyEngine) {
  describe.skipIf(skip)(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    it.each(examples)("$name", async ({ build, v, y }) => {
      for (const optimise of [true, false]) {
        const graph = new g.Graph();
        build(graph, g.input(graph, "x", [6]));
        const vector = engine.vector(6);
        await vector.write([1, 2, 3, 4, 5, 6]);
        const program = await engine.compile(graph, { optimise });
        const inputs = { x: new Float32Array(6).fill(10) };
        const outputs = await program.run({ vectors: { v: vector }, inputs });
        expect([...(await vector.read())]).toEqual(v);
        if (y) expect([...outputs.y]).toEqual(y);
      }
    });
  });
}
