import { describe, expect, it } from "vitest";
import { add, exp, Graph, input, mul, neg, read, sub, write } from "./index.js";
import { countUses, liveNodes, rewrite } from "./rewrite.js";

const names = (graph: Graph) => graph.nodes.map(({ op }) => op.name);

/** y = (x + x) * w beside a dead exp and a write of -w. */
function example(): Graph {
  const graph = new Graph();
  const x = input(graph, "x", [2]);
  const w = read(graph, "w", [2]);
  exp(x);
  graph.output("y", mul(add(x, x), w));
  write("w", neg(w));
  return graph;
}

describe("rewrite", () => {
  it("keeps what outputs and writes need, in order", () => {
    const graph = example();
    const { graph: copy, image } = rewrite(graph, () => undefined);
    expect(names(copy)).toEqual(["input", "read", "add", "mul", "neg", "write"]);
    expect([...copy.outputs.keys()]).toEqual(["y"]);
    expect(copy.outputs.get("y")).toBe(image(graph.outputs.get("y")!));
    expect(copy.outputs.get("y")?.graph).toBe(copy);
    expect(names(graph)).toContain("exp");
  });

  it("replaces nodes by what the rule says", () => {
    const { graph: copy } = rewrite(example(), ({ op }, [a, b]) =>
      op.name === "add" ? [sub(a, b)] : undefined,
    );
    expect(names(copy)).toEqual(["input", "read", "sub", "mul", "neg", "write"]);
    expect(copy.outputs.get("y")?.node.inputs[0].node.op.name).toBe("sub");
  });

  it("keeps more on demand", () => {
    const graph = example();
    const dead = graph.nodes[2].outputs[0];
    const { graph: copy, image } = rewrite(graph, () => undefined, [dead]);
    expect(names(copy)).toContain("exp");
    expect(image(dead).node.op.name).toBe("exp");
  });

  it("joins a node with its input by returning that", () => {
    const { graph: copy } = rewrite(example(), ({ op }, inputs) =>
      op.name === "neg" ? inputs : undefined,
    );
    expect(names(copy)).toEqual(["input", "read", "add", "mul", "write"]);
  });
});

describe("liveNodes and countUses", () => {
  it("leave dead nodes out", () => {
    const graph = example();
    const live = [...liveNodes(graph)].map(({ op }) => op.name);
    expect(live.sort()).toEqual(["add", "input", "mul", "neg", "read", "write"]);
    const uses = countUses(graph);
    const [x, w, dead] = graph.nodes.map(({ outputs }) => outputs[0]);
    expect([uses.get(x), uses.get(w), uses.get(dead)]).toEqual([2, 2, undefined]);
    expect(uses.get(graph.outputs.get("y")!)).toBe(1);
  });
});
