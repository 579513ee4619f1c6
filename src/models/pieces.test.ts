// Sheets of pieces: which of them are there.

import { expect, test } from "vitest";
import { createEngine } from "../engine/index.js";
import { Graph, input } from "../graph/index.js";
import { spreadsOf } from "./pieces.js";

test("a piece is there where its ink stands out, on whatever paper", async () => {
  const graph = new Graph();
  graph.output("spreads", spreadsOf(input(graph, "sheets", [1, 1, 6, 2])));
  const engine = await createEngine({ engine: "reference" });
  const program = await engine.compile(graph);
  const pieces = [
    [-1, -1, -1, 2],
    [-3, -1, -1, -1],
    [5, 5, 5, 5],
  ];
  const { spreads } = await program.run({ inputs: { sheets: Float32Array.from(pieces.flat()) } });
  expect([...(spreads as Float32Array)]).toEqual([3, 2, 0]);
  await engine.close();
});
