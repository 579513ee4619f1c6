// Bits that keep to a budget, made of others that need not: rounded with a common offset, or lowered from the last layer on.

import { type BitPlan, type BitsOf, bitsByLayer, fitsBudget } from "./plan.js";

/** Halvings of an interval: beyond what doubles tell apart. */
const HALVINGS = 60;

const nearest = (choices: readonly number[], bits: number): number =>
  choices.reduce((best, one) => (Math.abs(one - bits) < Math.abs(best - bits) ? one : best));

/**
 * The nearest choices to bits that are no whole numbers, all moved by the largest offset with which they keep to the
 * budget, found by bisection (Yang and Jin 2020, FracBits, arXiv 2007.02017).
 *
 * @param bits by group
 */
export function roundedBits(plan: BitPlan, bits: readonly number[]): BitsOf {
  const { choices } = plan;
  const moved = (offset: number) =>
    bitsByLayer(plan, (_, at) => nearest(choices, bits[at] + offset));
  const fits = (offset: number) => fitsBudget(plan, moved(offset));
  const span = choices[choices.length - 1] - choices[0];
  // With all of the span on top everything has the most bits, and with it taken away the fewest, which always fit.
  let [low, high] = [-2 * span, 2 * span];
  if (fits(high)) return moved(high);
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return moved(low);
}

/**
 * Bits lowered by one choice after the other, from the last group to the first and then again, until they keep to the budget
 * (Wang et al. 2019, HAQ, arXiv 1811.08886). Bits that do stay as they are.
 *
 * @param chosen the choice of each group, by number
 */
export function loweredBits(plan: BitPlan, chosen: readonly number[]): BitsOf {
  const { groups, choices } = plan;
  const places = [...chosen];
  const now = () => bitsByLayer(plan, (_, at) => choices[places[at]]);
  for (let at = groups.length - 1; !fitsBudget(plan, now()); at--) {
    if (at < 0) at = groups.length - 1;
    if (places[at] > 0) places[at]--;
  }
  return now();
}
