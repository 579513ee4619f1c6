// Policies of a user's own, in JSON files.

import { z } from "zod";
import { InputError } from "../../../inputError.js";
import { checkPlain } from "../../../settings.js";
import { operationNamed } from "../operations.js";
import type { Policy, SubPolicy } from "./policy.js";
import { namedRanges } from "./ranges.js";

/** Far more than any argument means: degrees, shares, bits, thresholds. */
const argument = z.number().min(-1000).max(1000);
const range = z.tuple([argument, argument]);
const probability = z.number().min(0).max(1);
const step = z.union(
  [z.tuple([z.string(), probability]), z.tuple([z.string(), probability, z.number().min(0)])],
  { error: "expected an operation, its probability from 0 to 1 and, if it has its own, its level" },
);
const rangeNames = Object.keys(namedRanges) as (keyof typeof namedRanges)[];

const schema = z.strictObject({
  draws: z.int().min(1).max(16).default(1),
  levels: z.int().min(1).default(30),
  level: z.number().min(0).optional(),
  /** By name, or those that are other than the standard ones. */
  ranges: z.union([z.enum(rangeNames), z.record(z.string(), range)]).default("standard"),
  subPolicies: z.array(z.array(step).min(1)).min(1),
});

/** A policy as a file may have it. */
export type PolicyFile = z.input<typeof schema>;

/**
 * A policy as a file has it: `subPolicies` of `[operation, probability, level]`, of which so many (`draws`, 1) are drawn for
 * each image. `levels` (30) is the largest level, `level` that of steps without one (default any), and `ranges` a name
 * (`paper`, `standard`, `wide`) or `[argument at level 0, argument at the largest]` by operation.
 *
 * @param source where it comes from, for messages
 * @throws InputError naming the first place that is missing, wrong or unknown.
 * @example
 * const file = { subPolicies: [[["rotate", 0.5, 10], ["equalise", 1]], [["shearX", 1]]] };
 * policyOf(file, "own.json").draws; // 1
 */
export function policyOf(data: unknown, source: string): Policy {
  const { ranges, ...policy } = checkPlain(schema, data, source);
  const given = typeof ranges === "string" ? namedRanges[ranges] : ranges;
  const steps = policy.subPolicies.flat();
  for (const name of [...steps.map(([name]) => name), ...Object.keys(given)]) {
    operationNamed(name, source);
  }
  const levels = [policy.level ?? 0, ...steps.map(([, , level = 0]) => level)];
  const beyond = levels.find((level) => level > policy.levels);
  if (beyond !== undefined) {
    throw new InputError(
      `${source}: level ${beyond} is beyond the largest one, ${policy.levels} (field levels)`,
    );
  }
  return {
    ...policy,
    name: source,
    ranges: { ...namedRanges.standard, ...given },
    subPolicies: policy.subPolicies as readonly SubPolicy[],
  };
}

/** Reads a policy. @throws InputError naming the file when it is not there or is none. */
export function readPolicy(path: string): Policy {
  // A file can only be there where Node's modules are.
  const { readFileSync } = process.getBuiltinModule("node:fs");
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new InputError(`${path}: cannot be read as a policy: ${(cause as Error).message}`, {
      cause,
    });
  }
  return policyOf(data, path);
}
