// The documentation runs: every `@example` of the sources, and every `ts` block of the pages. A line
// `expression; // value` is a claim: the value is JavaScript to be equal to, or else the printed text.

import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExampleFolders } from "./support/exampleFolder.js";
import {
  type Claim,
  type Modules,
  publicModules,
  runModule,
  toModule,
  typeErrors,
} from "./support/exampleModules.js";
import { docstringExamples, type Example, pageExamples } from "./support/examples.js";

const examples = [...docstringExamples(), ...pageExamples()];
const placeOf = ({ file, line }: Example, offset = 0) => `${file}:${line + offset}`;

let modules: Modules;
beforeAll(async () => {
  modules = await publicModules();
});

const folders = new ExampleFolders();
afterAll(() => folders.remove());

/** The value that a claim's text stands for when it is JavaScript, in an array. */
function evaluated(text: string): [unknown] | undefined {
  try {
    return [new Function(`"use strict"; return (${text}\n);`)()];
  } catch {
    return undefined;
  }
}

const printed = (value: unknown) => (typeof value === "string" ? value : inspect(value));

function evaluate(example: Example, { line, value }: Claim, found: unknown): void {
  const place = placeOf(example, line);
  const expected = evaluated(value);
  if (expected) expect(found, place).toStrictEqual(expected[0]);
  else expect(printed(found), place).toBe(value);
}

describe("examples run", () => {
  test.each(examples.map((example) => [placeOf(example), example] as const))(
    "%s",
    async (_, example) => {
      const module = await toModule(example, modules);
      await folders.within(example.code, () =>
        runModule(module, (claim, found) => evaluate(example, claim, found)),
      );
    },
  );
});

test("examples have the right types", async () => {
  const all = await Promise.all(examples.map((example) => toModule(example, modules)));
  expect(typeErrors(all)).toEqual([]);
});
