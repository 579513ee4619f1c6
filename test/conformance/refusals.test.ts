// What a graph must fulfil before the native engine compiles it: what lies on the edge of a rule is taken, and what
// lies just beyond is refused by name, since kernels follow a graph's numbers blindly.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadAddon, type NativeQueue } from "../../src/engine/native/addon.js";
import { imageRules } from "./imageRules.js";
import { integerRules } from "./integerRules.js";
import { otherRules } from "./otherRules.js";
import { type Asked, f32, i8, i32, type Rule, type Typed, u8 } from "./rule.js";

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch {
    return false;
  }
}

const rules: readonly Rule[] = [...imageRules, ...integerRules, ...otherRules];

const inputOf = (type: Typed, at: number) => ({
  op: "input",
  inputs: [] as number[],
  outputs: [at],
  attrs: { name: `x${at}`, ...type } as Record<string, unknown>,
});

/** A graph of one node on inputs of its own. */
function graphOf(op: string, { operands, attrs, results }: Asked) {
  const outputs = results.map((_, at) => operands.length + at);
  return {
    values: [...operands, ...results],
    nodes: [
      ...operands.map(inputOf),
      { op, inputs: operands.map((_, at) => at), outputs, attrs: { ...attrs } },
    ],
    outputs,
    vectors: ["v"],
    inputs: operands.map((_, at) => `x${at}`),
    scalars: [] as string[],
  };
}

type GraphData = ReturnType<typeof graphOf>;

const beyond = rules.flatMap((rule) =>
  rule.wrong.map(([change, message]) => {
    const asked = { ...rule, ...change, attrs: { ...rule.attrs, ...change.attrs } };
    return { op: rule.op, change: JSON.stringify(change), asked, message };
  }),
);

/** y = x0 + x1, and changes of the graph as a whole. */
const sum = () =>
  graphOf("fused", {
    operands: [f32(2), f32(2)],
    attrs: { shape: [2], code: ["add"], args: [0, 1, -1], values: [0], results: [2] },
    results: [f32(2)],
  });

const spoiled: readonly (readonly [string, (graph: GraphData) => object, RegExp])[] = [
  [
    "an op that nobody knows",
    () => graphOf("relu7", { operands: [], attrs: {}, results: [] }),
    /lacks the op relu7/,
  ],
  [
    "i8 where numbers are reckoned with",
    () => withType(0, i8(2)),
    /expected f32, i32 or u8; use cast/,
  ],
  ["u8 where numbers are reckoned with", () => withType(0, u8(2)), /expected f32 operands/],
  ["a value without elements", () => withType(1, f32(0)), /a value without elements/],
  ["a value beyond counting", () => withType(1, f32(2 ** 20, 2 ** 20, 2)), /than can be counted/],
  ["half an element", () => withType(1, f32(1.5)), /expected whole numbers as shape/],
  ["an operand of the future", (graph) => withNode(graph, 2, { inputs: [0, 2] }), /nothing makes/],
  [
    "an operand behind all values",
    (graph) => withNode(graph, 2, { inputs: [0, 3] }),
    /nothing makes/,
  ],
  [
    "an operand before all values",
    (graph) => withNode(graph, 2, { inputs: [0, -1] }),
    /nothing makes/,
  ],
  [
    "an operand beyond counting",
    (graph) => withNode(graph, 2, { inputs: [0, 2 ** 32] }),
    /nothing makes/,
  ],
  [
    "a result behind all values",
    (graph) => withNode(graph, 2, { outputs: [3] }),
    /a result of nowhere/,
  ],
  [
    "a result before all values",
    (graph) => withNode(graph, 2, { outputs: [-1] }),
    /a result of nowhere/,
  ],
  ["a result made twice", (graph) => withNode(graph, 1, { outputs: [0] }), /a result made twice/],
  [
    "an output of nobody",
    (graph) => ({ ...graph, nodes: graph.nodes.slice(0, 2) }),
    /an output that nothing makes/,
  ],
  [
    "an output behind all values",
    (graph) => ({ ...graph, outputs: [3] }),
    /an output that nothing makes/,
  ],
  ["a name that nobody binds", (graph) => ({ ...graph, inputs: ["x0"] }), /nothing is bound as x1/],
  ["a name twice", (graph) => ({ ...graph, vectors: ["v", "v"] }), /a name that is bound twice/],
  ["frozen what is no vector", (graph) => ({ ...graph, frozen: ["x0"] }), /nothing is bound as x0/],
  ["values that are no list", (graph) => ({ ...graph, values: 3 }), /expected a list of values/],
  ["a node that is none", (graph) => ({ ...graph, nodes: [5] }), /expected something that has op/],
  ["no attributes", (graph) => withNode(graph, 2, { attrs: 5 }), /expected attributes as attrs/],
  ["an op that is no text", (graph) => withNode(graph, 2, { op: 5 }), /expected a text as op/],
];

/** The sum with another type of an operand, as the input tells it too. */
function withType(at: number, type: Typed): object {
  const graph = sum();
  return withNode({ ...graph, values: graph.values.with(at, type) }, at, inputOf(type, at));
}

function withNode(graph: GraphData, at: number, change: object): object {
  return { ...graph, nodes: graph.nodes.with(at, { ...graph.nodes[at], ...change }) };
}

/** Two inputs of one name, of the types given. */
const twice = (first: Typed, second: Typed) => {
  const attrs = { name: "x" };
  const nodes = [first, second].map((type, at) => ({
    ...inputOf(type, at),
    attrs: { ...type, ...attrs },
  }));
  return { ...sum(), values: [first, second], nodes, outputs: [0, 1], inputs: ["x"] };
};

describe.skipIf(!built())("the native engine", () => {
  let queue: NativeQueue;
  beforeAll(() => {
    queue = new (loadAddon().Queue)(1);
  });
  afterAll(() => queue.close());

  const measure = async (graph: object) => queue.measure(graph);

  it.each(rules)("takes $op with $attrs", async ({ op, ...asked }) => {
    expect((await measure(graphOf(op, asked))).peakBytes).toBeGreaterThanOrEqual(0);
  });

  it.each(beyond)("refuses $op with $change", async ({ op, asked, message }) => {
    await expect(measure(graphOf(op, asked))).rejects.toThrow(message);
  });

  it.each(spoiled)("refuses %s", async (_, graph, message) => {
    await expect(measure(graph(sum()))).rejects.toThrow(message);
  });

  it("takes inputs of one name and type, and none of two types", async () => {
    await measure(twice(f32(2), f32(2)));
    await expect(measure(twice(f32(2), i32(2)))).rejects.toThrow(
      /another type under the same name/,
    );
    await expect(measure(twice(f32(2), f32(3)))).rejects.toThrow(
      /another type under the same name/,
    );
  });
});
