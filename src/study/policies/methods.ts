// Ways to find a policy of augmentation.

import { byName } from "../../text/words.js";

/** A way: what proposes candidates, and how many of a fold are kept. */
export interface PolicyMethod {
  readonly name: string;
  /** In words, for help. */
  readonly description: string;
  readonly source: string;
  /** Name of a sampler. */
  readonly sampler: string;
  /** Trials of a fold where nobody says how many. */
  readonly trials: number;
  /** Most candidates of a fold that become part of the policy. */
  readonly kept: number;
}

export const policyMethods: readonly PolicyMethod[] = [
  {
    name: "density",
    description: "candidates on which a net that never saw them does best (Fast AutoAugment)",
    source: "Lim, Kim, Kim, Kim and Kim 2019, arXiv 1905.00397",
    sampler: "tpe",
    trials: 60,
    kept: 10,
  },
  {
    name: "random",
    description: "candidates drawn at random, which others are to be compared with",
    source: "none",
    sampler: "random",
    trials: 10,
    kept: 10,
  },
];

/** The method with a name; throws an `InputError` with the nearest one when there is none. */
export const getPolicyMethod = (name: string): PolicyMethod =>
  byName("method", name, policyMethods);
