// Every primitive and its gradient on every engine against the reference engine.

import { afterAll, beforeAll, describe, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import type { Case } from "./case.js";
import { cases } from "./cases.js";
import { ask, expectAnswer, type Question } from "./compare.js";
import { tested } from "./engines.js";

/** Worked out when a test asks first, since few are chosen at times, and kept for the other engines. */
const answered = new Map<Case, Question>();
function questionOf(example: Case): Question {
  const question = answered.get(example) ?? ask(example, 7);
  answered.set(example, question);
  return question;
}

const titled = cases.map((example) => [`${example.op}: ${example.name}`, example] as const);

for (const { title, open, skip } of tested) {
  describe.skipIf(skip)(`${title} against reference`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    describe.each([true, false])("optimise: %s", (optimise) => {
      it.each(titled)("%s", (_, example) => expectAnswer(engine, questionOf(example), optimise));
    });
  });
}
