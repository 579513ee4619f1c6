// Tallies on their way from a program to the host: sums over a batch, numbers by name.

import type { Outputs } from "../engine/engine.js";
import type { MetricValues } from "./task.js";

/** What the outputs that hold tallies begin with. */
export const TALLY = "tally.";

/** The tallies among the outputs of a program; a list of several numbers is `name.0`, `name.1`, ... */
export function talliesOf(outputs: Outputs): Record<string, number> {
  const tallies: Record<string, number> = {};
  for (const output in outputs) {
    if (!output.startsWith(TALLY)) continue;
    const name = output.slice(TALLY.length);
    const sums = outputs[output];
    if (sums.length === 1) tallies[name] = sums[0];
    else for (const [at, sum] of sums.entries()) tallies[`${name}.${at}`] = sum;
  }
  return tallies;
}

/**
 * The numbers of a list among tallies.
 *
 * @example
 * tallyList({ "known.0": 3, "known.1": 4, other: 1 }, "known"); // [3, 4]
 */
export function tallyList(tallies: MetricValues, name: string): number[] {
  if (name in tallies) return [tallies[name]];
  const list: number[] = [];
  while (`${name}.${list.length}` in tallies) list.push(tallies[`${name}.${list.length}`]);
  return list;
}
