// A policy of augmentation as data: sub-policies, of which some are drawn for each image, and what their levels mean.

import type { Random } from "../../../tensor/philox.js";
import type { Augmentation } from "../augmentation.js";
import { type DrawnStep, type OperationName, operations } from "../operations.js";

/** An operation's argument at level 0 and at the largest one; in between it is linear. */
export type Range = readonly [least: number, most: number];

/** What levels mean, by operation; operations without an argument need none. */
export type Ranges = Readonly<Partial<Record<OperationName, Range>>>;

/** An operation, how likely it is done, and its level; default that of the policy. */
export type PolicyStep = readonly [
  operation: OperationName,
  probability: number,
  level?: number | undefined,
];

/** What is drawn at once: operations one behind the other. */
export type SubPolicy = readonly PolicyStep[];

/** A policy: a new one is a file with such a record and one line in the index. */
export interface Policy {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source?: string;
  /** How many sub-policies are drawn for each image, any of them again. */
  readonly draws: number;
  /** The largest level. */
  readonly levels: number;
  /** Level of steps that name none; default any whole one from 0 to the largest, all alike. */
  readonly level?: number;
  readonly ranges: Ranges;
  readonly subPolicies: readonly SubPolicy[];
  /**
   * Rows of operations that are mixed with random shares, and with the image as it was (AugMix); each is 1 to `draws`
   * sub-policies long. Default one row, which is not mixed.
   */
  readonly chains?: number;
}

/** Sub-policies of one operation each, which is always done. */
export const each = (...names: readonly OperationName[]): readonly SubPolicy[] =>
  names.map((name) => [[name, 1]]);

/** The names of a policy's operations. */
export const operationsOf = ({ subPolicies }: Policy): ReadonlySet<OperationName> =>
  new Set(subPolicies.flat().map(([name]) => name));

/** A policy without some operations, and without sub-policies of which nothing is left. */
export function without(policy: Policy, names: readonly OperationName[]): Policy {
  const subPolicies = policy.subPolicies
    .map((steps) => steps.filter(([name]) => !names.includes(name)))
    .filter((steps) => steps.length > 0);
  return { ...policy, subPolicies };
}

/** Draws a step, or that it is not done. */
function drawStep(policy: Policy, step: PolicyStep, random: Random): DrawnStep | undefined {
  const { levels, ranges } = policy;
  const [name, probability, own = policy.level] = step;
  if (random.uniform() >= probability) return undefined;
  const { signed, step: stepOf } = operations[name];
  const level = own ?? random.integer(levels + 1);
  const [least, most] = ranges[name] ?? [0, 0];
  const size = least + (level * (most - least)) / levels;
  const argument = signed && random.uniform() < 0.5 ? -size : size;
  const place = [random.uniform(), random.uniform()] as const;
  return (extent) => stepOf(argument, extent, place);
}

/** Draws what is done to an image by so many sub-policies. */
function drawRow(policy: Policy, draws: number, random: Random): DrawnStep[] {
  const { subPolicies } = policy;
  if (subPolicies.length === 0) return [];
  return Array.from({ length: draws }, () => subPolicies[random.integer(subPolicies.length)])
    .flat()
    .flatMap((step) => drawStep(policy, step, random) ?? []);
}

/** Shares of rows of operations, and of the image as it was: Dirichlet(1, ..., 1) and Beta(1, 1), as in AugMix. */
function drawLayers(policy: Policy, chains: number, random: Random): DrawnStep[] {
  const own = random.uniform();
  const parts = Array.from({ length: chains }, () => -Math.log(1 - random.uniform()));
  const sum = parts.reduce((total, part) => total + part, Number.MIN_VALUE);
  const layer = (share: number): DrawnStep => {
    return () => ["layer", share];
  };
  const rows = parts.flatMap((part) => [
    ...drawRow(policy, 1 + random.integer(policy.draws), random),
    layer(((1 - own) * part) / sum),
  ]);
  return [...rows, layer(own)];
}

/** What a policy does to each image of a batch, before all that moves or mixes it. */
export function fromPolicy(policy: Policy): Augmentation {
  const { name, draws, chains } = policy;
  return {
    name,
    strength: draws,
    ...(chains !== undefined && { blends: true }),
    apply(sample, random) {
      const steps = chains ? drawLayers(policy, chains, random) : drawRow(policy, draws, random);
      sample.steps = [...sample.steps, ...steps];
    },
  };
}
