// Arithmetic on bytes gives the same bits everywhere: engines, instruction sets, threads.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { interpret } from "../../src/engine/reference/index.js";
import { elementsOf } from "../../src/engine/reference/input.js";
import { bindingsFor, buildCase, type Case } from "./case.js";
import { typedInputs } from "./compare.js";
import { testedOnBytes } from "./engines.js";
import { integerCases } from "./integerCases.js";

/** Graphs, what they are run on, and the bits that the reference engine gives. */
function ask(example: Case) {
  const built = buildCase(example);
  const exact = bindingsFor(example, built, 11);
  const inputs = typedInputs(built.graph, exact.inputs);
  const answer = interpret(built.graph, { ...exact, inputs: { ...inputs } });
  const { dtype } = built.outputs[0];
  return { graph: built.graph, inputs, bits: elementsOf(dtype, answer["y0"]) };
}

const cases = integerCases.map((example) => [`${example.op}: ${example.name}`, example] as const);
// Where a convolution in f32 comes first, sums of floats in another order may round another way.
const exact = cases.filter(([title]) => title !== "quantise: images in blocks");

for (const { title, open, skip } of testedOnBytes) {
  describe.skipIf(skip)(title, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    it.each(exact)("%s", async (_, example) => {
      const { graph, inputs, bits } = ask(example);
      const program = await engine.compile(graph);
      expect((await program.run({ inputs })).y0).toEqual(bits);
    });
  });
}

it("cases use the whole range of a byte", () => {
  const bytes = cases.flatMap(([, example]) => [...ask(example).bits]);
  expect(
    new Set(bytes.filter((value) => Number.isInteger(value) && value >= 0 && value < 256)).size,
  ).toBe(256);
});
