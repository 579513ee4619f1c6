// Every pass keeps the meaning of every case: the reference engine runs the graph before and after.

import { beforeAll, describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/index.js";
import type { Graph } from "../../src/graph/index.js";
import { foldChannels } from "../../src/graph/passes/foldChannels.js";
import { fuseEpilogues } from "../../src/graph/passes/fuseEpilogues.js";
import { fusePointwise } from "../../src/graph/passes/fusePointwise.js";
import { poolBeforeRelu } from "../../src/graph/passes/poolBeforeRelu.js";
import { addGradients, bindingsFor, buildCase, relativeError } from "./case.js";
import { cases } from "./cases.js";

const passes: Readonly<Record<string, (graph: Graph) => Graph>> = {
  fusePointwise,
  "fusePointwise, one op a node": (graph) => fusePointwise(graph, false),
  poolBeforeRelu: (graph) => poolBeforeRelu(graph).graph,
  foldChannels: (graph) => foldChannels(graph).graph,
  fuseEpilogues: (graph) => fuseEpilogues(graph).graph,
  "fuseEpilogues, then fusePointwise": (graph) => fusePointwise(fuseEpilogues(graph).graph),
};

const titled = cases.map((example) => [`${example.op}: ${example.name}`, example] as const);

describe.each(titled)("%s", (_, example) => {
  const built = buildCase(example);
  if (example.differentiable !== false) addGradients(built);
  const run = (graph: Graph) => {
    const bindings = bindingsFor(example, built, 3);
    return { ...interpret(graph, bindings), ...bindings.vectors };
  };
  let before: ReturnType<typeof run>;
  beforeAll(() => {
    before = run(built.graph);
  });

  it.each(Object.entries(passes))("%s", (_, pass) => {
    const after = run(pass(built.graph));
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [name, numbers] of Object.entries(before)) {
      expect(relativeError(after[name], numbers), name).toBeLessThan(1e-12);
    }
  });
});
