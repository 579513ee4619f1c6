// Which bits the layers of a net may have, and how much of a budget there is for them.

import { InputError } from "../../inputError.js";
import type { Net } from "../../nn/index.js";
import { percent } from "../../text/format.js";
import { FULL } from "../places.js";
import type { Quantisation } from "../quantisation.js";
import { tied } from "./ties.js";
import { type BitCost, type BitWork, bitCosts, bitWork, costOf } from "./work.js";

/** Bits that a layer may have, and those of the first and the last one. */
const [CHOICES, ENDS] = [[2, 3, 4, 6, 8], 8] as const;

/** What a net in few bits may cost. */
export interface BitBudget {
  readonly of: BitCost;
  /** Share of the net in f32, above 0 and at most 1. */
  readonly share: number;
}

/** Layers that have the same bits. */
export interface BitGroup {
  /** That of its first layer. */
  readonly name: string;
  readonly layers: readonly BitWork[];
}

/** What is to be chosen. */
export interface BitPlan {
  readonly cost: BitCost;
  /** All layers, in order. */
  readonly layers: readonly BitWork[];
  /** Those whose bits are chosen: all but the first and the last one. */
  readonly inner: readonly BitWork[];
  /** These by their ties. */
  readonly groups: readonly BitGroup[];
  /** Bits that they may have, the fewest first. */
  readonly choices: readonly number[];
  /** What they may cost together. */
  readonly budget: number;
}

/** Bits of inner layers by name. */
export type BitsOf = ReadonlyMap<string, number>;

/**
 * What is to be chosen for a net: bits of all layers but the first and the last one, which have 8.
 *
 * @param net as it is built for one image
 * @throws InputError for a budget below the smallest possible one, which it names, and for a net of no more than two layers.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = build(model.layer, [1, ...model.input], { training: false });
 * const { inner, budget } = bitPlan(net, { of: "size", share: 0.1 });
 * inner.map(({ name }) => name); // ["conv2", "fc1", "fc2"]
 * budget; // 181987.2
 */
export function bitPlan(net: Net, { of, share }: BitBudget): BitPlan {
  const layers = bitWork(net);
  const inner = layers.slice(1, -1);
  if (inner.length === 0) {
    throw new InputError(
      "bits: the net has no layer between the first and the last, whose bits could be chosen",
    );
  }
  const { title, power, whole: workOf } = bitCosts[of];
  const whole = workOf(net) * FULL ** power;
  const ends = costOf(of, layers, ENDS) - costOf(of, inner, ENDS);
  const fixed = whole - costOf(of, layers, FULL) + ends;
  const smallest = fixed + costOf(of, inner, CHOICES[0]);
  if (!(share * whole >= smallest)) {
    throw new InputError(
      `bits: a ${title} of ${percent(share, 1)} of f32 is too small; the smallest possible is ` +
        `${percent(Math.ceil((1000 * smallest) / whole) / 1000, 1)}: layers at ${CHOICES[0]} bits, the first and the last at ${ENDS}`,
    );
  }
  const groups = tied(inner).map((members) => ({ name: members[0].name, layers: members }));
  return { cost: of, layers, inner, groups, choices: CHOICES, budget: share * whole - fixed };
}

/** What inner layers cost together. */
export const costOfBits = ({ cost, groups }: BitPlan, bits: BitsOf): number =>
  groups.reduce((sum, { name, layers }) => sum + costOf(cost, layers, bits.get(name)!), 0);

/** Whether inner layers keep to the budget; what is left over of a sum by rounding is no reason to say no. */
export const fitsBudget = (plan: BitPlan, bits: BitsOf): boolean =>
  costOfBits(plan, bits) <= plan.budget * (1 + 1e-9);

/** Bits by layers from bits by groups. */
export const bitsByLayer = (
  { groups }: BitPlan,
  bitsOf: (group: BitGroup, at: number) => number,
): BitsOf =>
  new Map(
    groups.flatMap((group, at) => {
      const bits = bitsOf(group, at);
      return group.layers.map(({ name }) => [name, bits] as const);
    }),
  );

/** How a net with these bits is quantised: by learned steps. */
export function quantisationOfBits({ cost, layers }: BitPlan, bits: BitsOf): Quantisation {
  const widths = layers.map(({ name }) => {
    const own = bits.get(name);
    const images = own === undefined ? ENDS : (bitCosts[cost].images ?? own);
    return [name, [own ?? ENDS, images] as const] as const;
  });
  return { method: "lsq", layers: Object.fromEntries(widths) };
}
