// Steps that go over a batch together, a few images at a time: the bytes of their results do not depend on how
// many threads share them, and what only they use takes room for those few images.

import { describe, expect, it } from "vitest";
import type { Buffer } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/index.js";
import { loadAddon } from "../../src/engine/native/index.js";
import { conv2d, Graph, input } from "../../src/graph/index.js";
import { addGradients, bindingsFor, buildCase } from "./case.js";
import { chainCases } from "./chainCases.js";

/** Bytes of an image of 16 channels. */
const IMAGE = 16 * 32 * 32 * 4;

/** Elsewhere the convolutions are oneDNN's, as whole batches. */
function ownConvolutions(): boolean {
  try {
    return loadAddon().describe().wide;
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

  /** Six convolutions of images "x" by the weights "w", one after the other. */
  function convolutions(count: number): Graph {
    const graph = new Graph();
    const weights = input(graph, "w", [16, 16, 3, 3]);
    let y = input(graph, "x", [count, 16, 32, 32]);
    for (let k = 0; k < 6; k++) y = conv2d(y, weights, { padding: 1 });
    graph.output("y", y);
    return graph;
  }

  /** Bytes that they make and use between the images and the result. */
  async function passing(count: number, threads: number): Promise<number> {
    const engine = await createEngine({ engine: "native", threads });
    const { memory } = await engine.compile(convolutions(count));
    await engine.close();
    return memory.kinds.passing;
  }

  it("what is used in one chain alone takes room for a piece of the batch", async () => {
    // Nine threads have no chains, as there are fewer parts of a batch; two keep the result and pieces.
    const whole = 256 * IMAGE;
    expect(await passing(256, 2)).toBeLessThan((await passing(256, 9)) - 0.85 * whole);
  });

  it("the bytes are the same in the room of a piece and of the batch", async () => {
    const noise = (length: number) =>
      Float32Array.from({ length }, (_, at) => ((at * 37) % 101) / 1000 - 0.05);
    const inputs = { x: noise((32 * IMAGE) / 4), w: noise(16 * 16 * 9) };
    const [pieces, whole] = await Promise.all(
      [2, 9].map(async (threads) => {
        const engine = await createEngine({ engine: "native", threads });
        const { y } = await (await engine.compile(convolutions(32))).run({ inputs });
        await engine.close();
        return y as Float32Array;
      }),
    );
    expect(pieces.every((value, at) => value === whole[at])).toBe(true);
  });

  it.each([1, 2])(
    "an image alone takes room for two steps, not for all, with %d threads",
    async (threads) => {
      expect(await passing(1, threads)).toBeLessThan(3 * IMAGE);
    },
  );
});
