// Text of automata, and OpenFst's composition and forward score on 200 pairs of random ones with epsilons.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pathsOf, randomAutomaton, relationGap, relationOf } from "../../test/support/automata.js";
import { root } from "../../test/support/examples.js";
import { composedByOpenFst, openFstIsThere } from "../../test/support/openFst.js";
import { automaton, compose, connect, forwardScore, fromAttText, toAttText } from "./index.js";

const CLOSE = 1e-6;
const pairs = Array.from({ length: 200 }, (_, at) =>
  [1000, 2000].map((by) => randomAutomaton(by + at, 2)),
);

describe("text", () => {
  test("is read back as the same relation", () => {
    for (const [of] of pairs.slice(0, 40)) {
      expect(
        relationGap(relationOf(fromAttText(toAttText(of), "it")), relationOf(of)),
      ).toBeLessThan(1e-12);
    }
  });

  test("has the start's lines first, and a state of its own for starts with weights", () => {
    const arcs = [[1, 0, 3, 4, -0.5]] as const;
    const one = automaton({ states: 2, start: [1], final: [[0, 0.25]], arcs });
    expect(toAttText(one)).toBe("1\t0\t4\t5\t0.5\n0\t-0.25\n");
    const heavy = automaton({ states: 2, start: [[1, -2]], final: [0], arcs });
    expect(toAttText(heavy)).toBe("2\t1\t0\t0\t2\n0\t0\n1\t0\t4\t5\t0.5\n");
    expect(toAttText(automaton({ states: 1, start: [], final: [], arcs: [] }))).toBe("");
    expect(fromAttText("", "it").states).toBe(0);
  });

  test.each([
    ["0 1 1 1\n0 x 1 1\n", 'it, line 2: the target is "x"; expected a whole number from 0'],
    [
      "0 1 1\n",
      "it, line 1: 3 fields; expected an arc (source target input output cost) or an end (state cost)",
    ],
    ["\n\n0 1 1 1 cheap", 'it, line 3: the cost is "cheap"; expected a number'],
    ["-1 0", 'it, line 1: the state is "-1"; expected a whole number from 0'],
    ["0 1 1 1.5", 'it, line 1: the output is "1.5"; expected a whole number from 0'],
    ["0 0\n0 1\n", "automaton: final state 0 is named twice"],
  ])("refuses %j", (text, message) => {
    expect(() => fromAttText(text, "it")).toThrow(message);
  });
});

/** What OpenFst found: the forward score of each composition, and its relation. */
interface Found {
  readonly forward: number | null;
  readonly relation: Readonly<Record<string, number>>;
}

const file = "test/fixtures/openFst.json";
const found: { readonly by: string; readonly cases: readonly Found[] } = JSON.parse(
  readFileSync(`${root}/${file}`, "utf8"),
);

test(`compositions are those of ${found.by} (${file})`, () => {
  expect(found.cases).toHaveLength(pairs.length);
  const reached = pairs.map(([left, right], at) => {
    const { forward, relation } = found.cases[at];
    const composed = compose(connect(left), connect(right));
    const score = forwardScore(composed).value;
    if (forward === null) expect(score).toBe(-Infinity);
    else expect(Math.abs(score - forward)).toBeLessThan(CLOSE);
    expect(relationGap(relationOf(composed), new Map(Object.entries(relation)))).toBeLessThan(
      CLOSE,
    );
    return pathsOf(composed).length;
  });
  expect(reached.filter((paths) => paths > 0).length).toBeGreaterThan(120);
});

test.skipIf(!openFstIsThere)(
  "every tenth composition is that of OpenFst (libfst-tools) here",
  () => {
    for (const [left, right] of pairs.filter((_, at) => at % 10 === 0)) {
      const { composed, forward } = composedByOpenFst(connect(left), connect(right));
      const own = compose(connect(left), connect(right));
      const score = forwardScore(own).value;
      expect(score === forward || Math.abs(score - forward) < CLOSE).toBe(true);
      expect(relationGap(relationOf(own), relationOf(composed))).toBeLessThan(CLOSE);
    }
  },
);
