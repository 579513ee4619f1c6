// What a search of policies chooses from: some sub-policies of two operations each, with a probability and a level.

import type { OperationName, Policy } from "../../data/index.js";
import { type PolicyFile, policyOf } from "../../data/index.js";
import type { Parameter, Settings, Space } from "../../search/index.js";

/** Sub-policies that are chosen together, and operations of one, as in AutoAugment's policies. */
const TOGETHER = 5;
const STEPS = ["a", "b"] as const;

/** Places of all steps: `1a`, `1b`, `2a`, ... */
const places = Array.from({ length: TOGETHER }, (_, at) => STEPS.map((step) => `${at + 1}${step}`));

/** Digits behind the point of probabilities and levels in a file. */
const DIGITS = 2;

/** The space of candidates that are made of some operations. */
export const candidateSpace = (names: readonly OperationName[]): Space =>
  places.flat().flatMap((place): Parameter[] => [
    { name: `op${place}`, kind: "choice", of: names },
    { name: `p${place}`, kind: "float", low: 0, high: 1 },
    { name: `level${place}`, kind: "float", low: 0, high: 1 },
  ]);

type SubPolicies = PolicyFile["subPolicies"];

const rounded = (value: unknown) => Number(Number(value).toFixed(DIGITS));

/** The sub-policies of a candidate. */
export const subPoliciesOf = (settings: Settings): SubPolicies =>
  places.map((steps) =>
    steps.map((place) => [
      String(settings[`op${place}`]),
      rounded(settings[`p${place}`]),
      rounded(settings[`level${place}`]),
    ]),
  );

/** A policy as a file has it: one of its sub-policies for each image, with levels from 0 to 1. */
export const policyFile = (subPolicies: SubPolicies): PolicyFile => ({
  ...{ draws: 1, levels: 1, ranges: "paper" },
  subPolicies,
});

/** A policy of each sub-policy alone. */
export const policiesOf = (settings: Settings): Policy[] =>
  subPoliciesOf(settings).map((one) => policyOf(policyFile([one]), "a candidate"));

/** Sub-policies of several candidates, each once. */
export function mergedPolicy(candidates: readonly Settings[]): PolicyFile {
  const all = candidates.flatMap(subPoliciesOf).map((one) => JSON.stringify(one));
  return policyFile([...new Set(all)].map((text) => JSON.parse(text)));
}
