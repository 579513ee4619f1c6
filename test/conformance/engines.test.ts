// Every primitive and its gradient on every engine against the reference engine.

import { afterAll, beforeAll, describe, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { cases } from "./cases.js";
import { ask, expectAnswer } from "./compare.js";
import { tested } from "./engines.js";

const questions = cases.map(
  (example) => [`${example.op}: ${example.name}`, ask(example, 7)] as const,
);

for (const { title, open, skip } of tested) {
  describe.skipIf(skip)(`${title} against reference`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    describe.each([true, false])("optimise: %s", (optimise) => {
      it.each(questions)("%s", (_, question) => expectAnswer(engine, question, optimise));
    });
  });
}
