// Steps that go over a batch together, a few images at a time: the bytes of their results do not depend on how
// many threads share them, and what only they use takes room for those few images.

import { describe, expect, it } from "vitest";
import type { Buffer } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/index.js";
import { loadAddon } from "../../src/engine/native/index.js";
import { conv2d, Graph, input } from "../../src/graph/index.js";
import { addGradients, bindingsFor, buildCase } from "./case.js";
import { chainCases } from "./chainCases.js";

/** Elsewhere the convolutions are oneDNN's, as whole batches. */
function ownConvolutions(): boolean {
  try {
    return loadAddon().describe().isa === "avx512";
  } catch {
    return false;
  }
}

describe.skipIf(!ownConvolutions())("chains", () => {
  it.each(chainCases)("$name: the same bytes with 1, 2, 3 and 9 threads", async (example) => {
    const built = buildCase(example);
    addGradients(built);
    const bindings = bindingsFor(example, built, 7);
    const inputs = Object.fromEntries(
      Object.entries(bindings.inputs).map(([name, values]) => [name, Float32Array.from(values)]),
    );
    const found: Readonly<Record<string, Buffer>>[] = [];
    for (const threads of [1, 2, 3, 9]) {
      const engine = await createEngine({ engine: "native", threads });
      const program = await engine.compile(built.graph);
      found.push(await program.run({ inputs }));
      expect(await program.run({ inputs })).toEqual(found.at(-1));
      await engine.close();
    }
    for (const results of found) expect(results).toEqual(found[0]);
  });

  it("what is used in one chain alone takes room for a piece of the batch", async () => {
    const [count, area] = [64, 32 * 32];
    const graph = new Graph();
    const shapes = chainCases[0].operands.map(({ shape }) => shape);
    const operands = [[count, 16, 32, 32], ...shapes.slice(1)].map((shape, at) =>
      input(graph, `x${at}`, shape),
    );
    graph.output("y", chainCases[0].build(operands, graph) as never);
    const passing = async (threads: number) => {
      const engine = await createEngine({ engine: "native", threads });
      const { memory } = await engine.compile(graph);
      await engine.close();
      return memory.kinds.passing;
    };
    // Nine threads have no chains, as there are fewer parts of a batch; two keep all but the image in the middle.
    const whole = count * 16 * area * 4;
    expect(await passing(2)).toBeLessThan((await passing(9)) - 0.9 * whole);
  });

  it.each([1, 2])(
    "an image alone takes room for two steps, not for all, with %d threads",
    async (threads) => {
      const graph = new Graph();
      const weights = input(graph, "w", [16, 16, 3, 3]);
      let y = input(graph, "x", [1, 16, 32, 32]);
      for (let k = 0; k < 6; k++) y = conv2d(y, weights, { padding: 1 });
      graph.output("y", y);
      const engine = await createEngine({ engine: "native", threads });
      const { memory } = await engine.compile(graph);
      await engine.close();
      expect(memory.kinds.passing).toBeLessThan(3 * 16 * 32 * 32 * 4);
    },
  );
});
