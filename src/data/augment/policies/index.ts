// All policies that go by a name, and how many of their operations a user draws.

import { InputError } from "../../../inputError.js";
import { augmix } from "./augmix.js";
import { autoCifar10 } from "./autoCifar10.js";
import { autoImagenet } from "./autoImagenet.js";
import { autoSvhn } from "./autoSvhn.js";
import type { Policy } from "./policy.js";
import { rand } from "./rand.js";
import { trivial } from "./trivial.js";
import { trivialWide } from "./trivialWide.js";
import { uniform } from "./uniform.js";

export const policies: readonly Policy[] = [
  trivial,
  trivialWide,
  rand,
  uniform,
  autoCifar10,
  autoSvhn,
  autoImagenet,
  augmix,
];

/** Most sub-policies for one image. */
const MOST_DRAWS = 16;

/**
 * A policy with other numbers, as a user writes them: how many sub-policies are drawn, and behind an x the level of all
 * steps that name none.
 *
 * @throws InputError for numbers that it cannot have.
 * @example
 * const rand = policies.find(({ name }) => name === "rand")!;
 * const { draws, level } = withNumbers(rand, "3x12");
 * [draws, level]; // [3, 12]
 */
export function withNumbers(policy: Policy, text: string): Policy {
  const [, draws, level] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const fits = Number(draws) >= 1 && Number(draws) <= MOST_DRAWS;
  if (!fits || Number(level ?? 0) > policy.levels) {
    throw new InputError(
      `${policy.name}=${text}: expected how many are drawn for each image, from 1 to ${MOST_DRAWS}, and if all have one ` +
        `level an x and that level, from 0 to ${policy.levels}, as ${policy.name}=2x${Math.ceil(policy.levels / 3)}`,
    );
  }
  return { ...policy, draws: Number(draws), ...(level !== undefined && { level: Number(level) }) };
}
