// The registry of proxies. A new one is its file and one line here.

import { macs, params } from "./counts.js";
import { fisher } from "./fisher.js";
import { gradNorm } from "./gradNorm.js";
import { grasp } from "./grasp.js";
import { jacobCov } from "./jacobCov.js";
import { naswot } from "./naswot.js";
import type { ZeroCostProxy } from "./proxy.js";
import { snip } from "./snip.js";
import { synflow } from "./synflow.js";

export { batchFrom } from "./batch.js";
export type { Untrained, ZeroCostProxy } from "./proxy.js";

/** Every proxy; the baselines come first. */
export const proxies: readonly ZeroCostProxy[] = [
  params,
  macs,
  gradNorm,
  snip,
  grasp,
  fisher,
  synflow,
  jacobCov,
  naswot,
];

/** Those that vote (Abdelfattah et al. 2021, section 3.2). */
export const voters: readonly string[] = [synflow, jacobCov, snip].map(({ name }) => name);

/**
 * The scores of nets by a vote: how many others a net is better than for most of the voters.
 *
 * @param scores of each voter, one a net
 * @example
 * voted([[1, 2, 3], [1, 3, 2], [3, 2, 1]]); // [0, 2, 1]
 */
export function voted(scores: readonly (readonly number[])[]): number[] {
  const [first] = scores;
  const better = (one: number, other: number) =>
    scores.filter((of) => ranked(of[one]) > ranked(of[other])).length > scores.length / 2;
  return first.map((_, one) => first.filter((_, other) => better(one, other)).length);
}

/** A score to compare by: one that cannot be told comes last. */
export const ranked = (score: number): number =>
  Number.isFinite(score) ? score : Number.NEGATIVE_INFINITY;
