// Operations that keep every path and change what its arcs read and say, or their order.

import { outgoingBy, type Side } from "./adjacency.js";
import type { Alphabets, Automaton, Structure } from "./automaton.js";
import { derive, iota, takenFrom } from "./derive.js";

/** The same weights on another structure of as many arcs and states. */
function relabelled(
  operation: string,
  of: Automaton,
  structure: Structure,
  symbols: Alphabets,
): Automaton {
  return derive(operation, [of], structure, iota(of.weights.length), symbols);
}

/**
 * The acceptor of what a transducer reads (`"input"`) or says (`"output"`).
 *
 * @example
 * const spell = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 3, 9]] });
 * project(spell, "output").input; // Int32Array.of(9)
 */
export function project(of: Automaton, side: Side): Automaton {
  const { states, source, target } = of;
  const [labels, texts] = [of[side], of.symbols[side]];
  const structure = { states, source, target, input: labels, output: labels };
  return relabelled("project", of, structure, { input: texts, output: texts });
}

/**
 * The transducer that reads what this one says, and says what it reads.
 *
 * @example
 * const spell = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 3, 9]] });
 * invert(spell).input; // Int32Array.of(9)
 */
export function invert(of: Automaton): Automaton {
  const { states, source, target, input, output, symbols } = of;
  const structure = { states, source, target, input: output, output: input };
  return relabelled("invert", of, structure, { input: symbols.output, output: symbols.input });
}

/**
 * All paths backwards: starts are ends, and arcs lead from their target to their source.
 *
 * @example
 * const ab = automaton({ states: 3, start: [0], final: [2], arcs: [[0, 1, 0, 0], [1, 2, 1, 1]] });
 * viterbiPath(reverse(ab))!.outputs; // Int32Array.of(1, 0)
 */
export function reverse(of: Automaton): Automaton {
  const { states, source, target, input, output, symbols } = of;
  const from = iota(of.weights.length);
  const ends = from.slice(source.length + states);
  from.copyWithin(source.length + states, source.length, source.length + states);
  from.set(ends, source.length);
  const structure = { states, source: target, target: source, input, output };
  return derive("reverse", [of], structure, from, symbols);
}

/**
 * The same automaton with its arcs by the state that they leave, and by label in each. Operations sort by themselves
 * where they need it, once for each automaton.
 *
 * @example
 * const two = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 5, 5], [0, 1, 2, 2]] });
 * arcsort(two, "input").input; // Int32Array.of(2, 5)
 */
export function arcsort(of: Automaton, side: Side): Automaton {
  const { states, source, target, input, output } = of;
  const { order } = outgoingBy(of, side);
  const by = (column: Int32Array) => order.map((arc) => column[arc]);
  const structure = {
    states,
    source: by(source),
    target: by(target),
    input: by(input),
    output: by(output),
  };
  const all = iota(states);
  return derive("arcsort", [of], structure, takenFrom(of, order, all, all), of.symbols);
}
