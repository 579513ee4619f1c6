// Results that are written to a vector leave the numbers beside them alone: engines let kernels write there straight
// away, so one that goes too far by an element shows.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import * as g from "../../src/graph/index.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { bindingsFor, buildCase, type Case } from "./case.js";
import { cases } from "./cases.js";
import { typedInputs } from "./compare.js";
import { tested } from "./engines.js";

/** Numbers on both sides of every result, and what stands there. */
const [ROOM, UNTOUCHED] = [40, 12345];

/** A case whose results go to a vector of its own, each between numbers that stay. */
function besideOthers(example: Case) {
  const built = buildCase(example);
  const places: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  let from = ROOM;
  for (const [at, output] of built.outputs.entries()) {
    if (output.dtype !== "f32") continue;
    g.write("beside", output, from);
    places.push({ name: `y${at}`, from, to: from + sizeOf(output.shape) });
    from += sizeOf(output.shape) + ROOM;
  }
  return { ...built, places, length: from };
}

const titled = cases
  .filter((example) => buildCase(example).outputs.some(({ dtype }) => dtype === "f32"))
  .map((example) => [`${example.op}: ${example.name}`, example] as const);

for (const { title, open, skip } of tested) {
  describe.skipIf(skip)(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    it.each(titled)("%s", async (_, example) => {
      const built = besideOthers(example);
      const { graph, places, length } = built;
      const { inputs, scalars, key, vectors: given } = bindingsFor(example, built, 3);
      const program = await engine.compile(graph);
      const vectors = Object.fromEntries(
        await Promise.all(
          Object.entries({ ...given, beside: new Float64Array(length).fill(UNTOUCHED) }).map(
            async ([name, numbers]) => {
              const vector = engine.vector(numbers.length);
              await vector.write(numbers);
              return [name, vector] as const;
            },
          ),
        ),
      );
      const typed = typedInputs(graph, inputs);
      const outputs = await program.run({ vectors, inputs: typed, scalars, key });
      const expected = new Float32Array(length).fill(UNTOUCHED);
      for (const { name, from } of places) expected.set(outputs[name] as Float32Array, from);
      expect(await vectors["beside"].read()).toEqual(expected);
    });
  });
}
