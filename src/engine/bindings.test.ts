import { describe, expect, it } from "vitest";
import { add, Graph, input, read, scalar, uniform, write } from "../graph/index.js";
import { bindingCheck } from "./bindings.js";
import type { Bindings } from "./engine.js";
import { ReferenceVector } from "./reference/index.js";

function example(): Graph {
  const graph = new Graph();
  const x = input(graph, "x", [2, 2]);
  const sum = add(add(x, read(graph, "w", [2], 3)), scalar(graph, "s"));
  write("g", add(sum, uniform(graph, [2, 2], 0)), 1);
  return graph;
}

const complete: Required<Bindings> = {
  vectors: { w: new ReferenceVector(5), g: new ReferenceVector(5) },
  inputs: { x: new Float32Array(4) },
  scalars: { s: 0 },
  key: { seed: 0, purpose: "dropout" },
};

const wrong: [Partial<Bindings>, string][] = [
  [{ vectors: { g: complete.vectors.g } }, 'vector "w" is not bound'],
  [
    { vectors: { ...complete.vectors, w: new ReferenceVector(4) } },
    'vector "w" has 4 elements, the graph uses 5',
  ],
  [
    { vectors: { ...complete.vectors, g: new ReferenceVector(4) } },
    'vector "g" has 4 elements, the graph uses 5',
  ],
  [{ inputs: {} }, 'input "x" is not bound'],
  [
    { inputs: { x: new Float32Array(3) } },
    'input "x": expected Float32Array of 4 for f32 [2, 2], found Float32Array of 3',
  ],
  [{ inputs: { x: new Int32Array(4) } }, "found Int32Array of 4"],
  [{ scalars: {} }, 'scalar "s" is not bound'],
  [{ key: undefined }, "needs a key"],
];

describe("bindingCheck", () => {
  it("accepts what fits", () => {
    expect(() => bindingCheck(example())(complete)).not.toThrow();
  });

  it.each(wrong)("refuses %j", (change, message) => {
    expect(() => bindingCheck(example())({ ...complete, ...change })).toThrow(message);
  });
});
