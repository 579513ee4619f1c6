// Automata in the language of Graphviz's dot.

import { printable } from "../text/printable.js";
import type { Automaton } from "./automaton.js";
import { iota } from "./derive.js";
import { arcText, stateText } from "./labelTexts.js";

const quoted = (text: string) => `"${printable(text).replace(/["\\]/g, "\\$&")}"`;

/**
 * An automaton for `dot -Tsvg`: starts are bold, ends have two rings, arcs are `input:output/weight`.
 *
 * @example
 * toDot(stringAcceptor([0], ["a"])).includes('0 -> 1 [label="a"]'); // true
 */
export function toDot(of: Automaton): string {
  const { states, source, target, start, final } = of;
  const stateLines = [...iota(states)].map((state) => {
    const shape = final[state] === -Infinity ? "circle" : "doublecircle";
    const style = start[state] === -Infinity ? "solid" : "bold";
    return `  ${state} [label=${quoted(stateText(of, state))}, shape=${shape}, style=${style}]`;
  });
  const arcLines = [...iota(source.length)].map(
    (arc) => `  ${source[arc]} -> ${target[arc]} [label=${quoted(arcText(of, arc))}]`,
  );
  return ["digraph automaton {", "  rankdir=LR", ...stateLines, ...arcLines, "}", ""].join("\n");
}
