// Drawings of automata, as SVG and as text for dot.

import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { automaton, ctcTarget, drawAutomaton, emissions, stringAcceptor, toDot } from "./index.js";

const turning = automaton({
  states: 4,
  start: [0, [3, -1.5]],
  final: [[2, 0.25]],
  arcs: [
    [0, 1, 0, 1, -0.123456],
    [1, 2, -1, 0],
    [2, 0, 1, -1],
    [1, 1, 0, 0],
  ],
  symbols: { input: ["<a&", '"b\\'], output: ["x\u202e", "y"] },
});

/** The elements of an image that can be read, by name. */
function elementsOf(svg: string): Map<string, Record<string, string>[]> {
  const found = new Map<string, Record<string, string>[]>();
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    found.set(name, [...(found.get(name) ?? []), attributes as Record<string, string>]);
  });
  parser.write(svg).close();
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  return found;
}

describe("an image", () => {
  test("has a disc for each state, a second ring for ends, a curve for each pair of states", () => {
    const svg = drawAutomaton(turning, "turns");
    const elements = elementsOf(svg);
    expect(elements.get("circle")).toHaveLength(5);
    // One more is the tip of the arrows.
    expect(elements.get("path")).toHaveLength(5);
    for (const text of ["&lt;a&amp;:y/-0.1235", "ε:x\\u202e", "3/-1.5", "2/0.25", "turns"]) {
      expect(svg).toContain(`>${text}<`);
    }
  });

  test("leads to the right where it can, and counts arcs that are too many to be written", () => {
    const svg = drawAutomaton(emissions(new Float64Array(21), 3, 7), "frames");
    const across = elementsOf(svg)
      .get("circle")!
      .map(({ cx }) => Number(cx));
    expect([...new Set(across)]).toEqual([60, 190, 320, 450]);
    expect(svg.match(/>3 more</g)).toHaveLength(3);
  });

  test.each([
    ["nothing", automaton({ states: 0, start: [], final: [], arcs: [] })],
    ["a state", stringAcceptor([])],
    [
      "a state that nothing leads to, and a cycle",
      automaton({
        states: 3,
        start: [0],
        final: [0],
        arcs: [
          [0, 1, 0, 0],
          [1, 0, 0, 0],
        ],
      }),
    ],
    ["CTC", ctcTarget([0, 0, 1], 2)],
  ])("of %s can be read", (_, of) => {
    expect(elementsOf(drawAutomaton(of, "it")).get("svg")).toHaveLength(1);
  });

  test("of too many states is refused", () => {
    const draw = () => drawAutomaton(stringAcceptor(new Int32Array(200)), "long");
    expect(draw).toThrow(
      "drawing: 201 states; expected 200 at most, or toDot() for other programs",
    );
  });
});

test("text for dot has states with their shapes, and arcs with their labels", () => {
  expect(toDot(turning)).toBe(
    [
      "digraph automaton {",
      "  rankdir=LR",
      '  0 [label="0", shape=circle, style=bold]',
      '  1 [label="1", shape=circle, style=solid]',
      '  2 [label="2/0.25", shape=doublecircle, style=solid]',
      '  3 [label="3/-1.5", shape=circle, style=bold]',
      '  0 -> 1 [label="<a&:y/-0.1235"]',
      '  1 -> 2 [label="ε:x\\\\u202e"]',
      '  2 -> 0 [label="\\"b\\\\:ε"]',
      '  1 -> 1 [label="<a&:x\\\\u202e"]',
      "}",
      "",
    ].join("\n"),
  );
});
