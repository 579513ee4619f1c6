// What is written on arcs and states of drawings.

import { type Automaton, EPSILON } from "./automaton.js";

const textOf = (label: number, symbols?: readonly string[]) =>
  label === EPSILON ? "ε" : (symbols?.[label] ?? `${label}`);

const shortWeight = (weight: number) => (weight === 0 ? "" : `/${Number(weight.toPrecision(4))}`);

/** An arc: what it reads, what it says where that is something else, and its weight where it is not 0. */
export function arcText({ input, output, weight, symbols }: Automaton, arc: number): string {
  const [read, said] = [textOf(input[arc], symbols.input), textOf(output[arc], symbols.output)];
  return `${read}${read === said && input[arc] === output[arc] ? "" : `:${said}`}${shortWeight(weight[arc])}`;
}

/** A state: its number, and the weights of start and end where they are not 0. */
export function stateText({ start, final }: Automaton, state: number): string {
  const weights = [start[state], final[state]].filter((weight) => weight !== -Infinity);
  return `${state}${weights.map(shortWeight).join("")}`;
}
