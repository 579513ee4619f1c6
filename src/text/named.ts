// How many of what, and which share is what: the words of labels, and of what a net says, which are read beside each other.

import { grouped, percent } from "./format.js";

type Named = readonly (readonly [name: string, value: number])[];

/** Parts that are named; more are counted. */
const MOST = 8;

/**
 * Words for several things, of which the first ones are named.
 *
 * @example
 * listed(["cat", "dog"]); // "cat, dog"
 */
export function listed(parts: readonly string[]): string {
  if (parts.length <= MOST) return parts.join(", ");
  return `${parts.slice(0, MOST).join(", ")} and ${grouped(parts.length - MOST)} more`;
}

/**
 * Counts by name, those that are not 0; a count may have a fraction.
 *
 * @example
 * namedCounts([["cat", 2], ["dog", 0], ["owl", 1.26]]); // "cat 2, owl 1.3"
 * namedCounts([["cat", 0]]); // "none"
 */
export function namedCounts(counts: Named): string {
  const there = counts
    .map(([name, count]) => [name, Number(count.toFixed(1))] as const)
    .filter(([, count]) => count !== 0);
  return listed(there.map(([name, count]) => `${name} ${count}`)) || "none";
}

/**
 * Shares by name of amounts, those of at least 0.1 %.
 *
 * @example
 * namedShares([["sky", 3], ["sea", 1], ["sun", 0]]); // "sky 75.0 %, sea 25.0 %"
 */
export function namedShares(amounts: Named): string {
  const all = amounts.reduce((sum, [, amount]) => sum + amount, 0);
  const there = amounts.filter(([, amount]) => amount > 0 && amount >= 0.001 * all);
  return listed(there.map(([name, amount]) => `${name} ${percent(amount / all, 1)}`));
}

/**
 * Numbers by name; NaN is one that is not known.
 *
 * @example
 * namedValues([["age", 31.4159265], ["height", Number.NaN]]); // "age 31.42, height not known"
 */
export const namedValues = (values: Named): string =>
  listed(
    values.map(([name, value]) =>
      Number.isNaN(value) ? `${name} not known` : `${name} ${Number(value.toPrecision(4))}`,
    ),
  );
