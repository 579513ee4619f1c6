// Bits as numbers that are learned with the weights: a fraction between two choices (Yang and Jin 2020, FracBits, arXiv
// 2007.02017) or a probability for each choice (Cai and Vasconcelos 2020, EdMIPS, arXiv 2004.05795), and what makes them
// keep to a budget.

import {
  abs,
  add,
  constant,
  exp,
  logSoftmax,
  max,
  min,
  mul,
  reduceSum,
  sigmoid,
  slice,
  sub,
  type Value,
} from "../../graph/index.js";
import { fill, type Net } from "../../nn/index.js";
import { type Mix, mixName } from "./mixture.js";
import { type BitPlan, costOfBits } from "./plan.js";
import { bitCosts, costOf } from "./work.js";

/** A mix whose shares are learned. */
export interface RelaxedMix extends Mix {
  /** What the shares come to on the host, by the learned numbers of a group. */
  sharesOf(numbers: Float32Array): number[];
}

/** Factor of the learning rate of bits where one group of layers has all of the cost. */
const RATE = 5;

/**
 * A factor of the learning rate: bits have a few epochs for a way of several bits, and must not throw the cost about. A step
 * of all bits down their penalty changes the cost by the sum of the squares of their shares of it.
 */
function rateOf({ groups, cost }: BitPlan): number {
  const costs = groups.map(({ layers }) => costOf(cost, layers, 1));
  const all = costs.reduce((sum, one) => sum + one, 0);
  return RATE / costs.reduce((sum, one) => sum + (one / all) ** 2, 0);
}

/** How close to its ends the range of bits is begun. */
const MARGIN = 0.02;

/** Bits, the same of all layers and no whole number, that cost the budget, or as near as there are. */
function evenBits({ groups, cost, choices, budget }: BitPlan): number {
  const { power } = bitCosts[cost];
  const each = groups.reduce((sum, { layers }) => sum + costOf(cost, layers, 1), 0);
  const wanted = (budget / each) ** (1 / power);
  return Math.min(choices[choices.length - 1], Math.max(choices[0], wanted));
}

/** Shares of choices by how far a number of bits lies above each: of two neighbours what is between them is shared. */
const sharesAt = (bits: number, choices: readonly number[]): number[] => {
  const passed = choices.slice(1).map((choice, at) => {
    const gap = choice - choices[at];
    return Math.min(1, Math.max(0, (bits - choices[at]) / gap));
  });
  return choices.map((_, at) => (at === 0 ? 1 : passed[at - 1]) - (passed[at] ?? 0));
};

/**
 * A number of bits for each group, of which a sigmoid keeps to the range of the choices. The two choices beside it count as
 * near as they are. All begin alike, at the budget.
 */
export function fractionalBits(plan: BitPlan): RelaxedMix {
  const { choices } = plan;
  const [least, most] = [choices[0], choices[choices.length - 1]];
  const share = (evenBits(plan) - least) / (most - least);
  const inside = Math.min(1 - MARGIN, Math.max(MARGIN, share));
  return {
    ...{ shape: [1], kind: "scale", rate: rateOf(plan) },
    init: fill(Math.log(inside / (1 - inside))),
    shares(param) {
      const number = (value: number) => constant(param.graph, value);
      const bits = add(number(least), mul(number(most - least), sigmoid(param)));
      const passed = choices.slice(1).map((choice, at) => {
        const gap = choice - choices[at];
        const way = mul(sub(bits, number(choices[at])), number(1 / gap));
        // On a choice itself the way upwards counts.
        return min(number(1), max(way, number(0)));
      });
      return choices.map((_, at) => {
        const reached = at === 0 ? number(1) : passed[at - 1];
        return at < passed.length ? sub(reached, passed[at]) : reached;
      });
    },
    sharesOf([number]) {
      return sharesAt(least + (most - least) / (1 + Math.exp(-number)), choices);
    },
  };
}

/** A probability for each choice and group: a softmax of learned numbers, which begin alike. */
export const likelyBits = (plan: BitPlan): RelaxedMix => ({
  ...{ shape: [plan.choices.length], kind: "scale", init: fill(0.01), rate: rateOf(plan) },
  shares(param) {
    const likely = exp(logSoftmax(param));
    return plan.choices.map((_, at) => slice(likely, [at], [1]));
  },
  sharesOf(numbers) {
    const largest = Math.max(...numbers);
    const powers = Array.from(numbers, (number) => Math.exp(number - largest));
    const sum = powers.reduce((all, power) => all + power, 0);
    return powers.map((power) => power / sum);
  },
});

/** The bits that shares of choices come to. */
export const meanBits = (shares: readonly number[], choices: readonly number[]): number =>
  shares.reduce((sum, share, at) => sum + share * choices[at], 0);

/**
 * How far a net's mixed bits are from what they may cost, as a share of that, []: |cost / budget - 1|. The cost is that
 * of the mean bits of each group.
 *
 * @param net with the parameters of a mix
 */
export function budgetPenalty(net: Net, plan: BitPlan, mix: Mix): Value {
  const { groups, choices, cost, budget } = plan;
  const number = (value: number) => constant(net.graph, value);
  const { power } = bitCosts[cost];
  const costs = groups.map((group) => {
    const shares = mix.shares(net.params.get(mixName(group))!);
    const bits = shares.map((share, at) => mul(share, number(choices[at]))).reduce(add);
    const raised = Array.from({ length: power }, () => bits).reduce(mul);
    return mul(raised, number(costOf(cost, group.layers, 1) / budget));
  });
  return reduceSum(abs(sub(costs.reduce(add), number(1))));
}

/** What mean bits by group cost, as a share of the budget. */
export const shareOfBudget = (plan: BitPlan, bits: readonly number[]): number =>
  costOfBits(plan, new Map(plan.groups.map(({ name }, at) => [name, bits[at]]))) / plan.budget;
