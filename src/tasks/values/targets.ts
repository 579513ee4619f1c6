// Targets of values: brought to mean 0 and spread 1, and which of them are known.

import type { TargetMaker, ValueLabels } from "../../data/index.js";
import type { Constants } from "../task.js";

/** Input with the scaled values, f32 [n, values]. */
export const TARGETS = "targets";
/** Input with 1 for each value that is known, f32 [n, values]. */
export const KNOWN = "known";

/** Makes the targets of images with values. Values of mixed images are mixed alike. */
export function valueTargets({ of, names }: ValueLabels, { mean, std }: Constants): TargetMaker {
  const count = names.length;
  const row = { dtype: "f32", shape: [count] } as const;
  return {
    inputs: { [TARGETS]: row, [KNOWN]: row },
    fill({ indices, samples }, { [TARGETS]: targets, [KNOWN]: known }) {
      for (const [at, { partner, weight }] of samples.entries()) {
        const [own, other] = [indices[2 * at], indices[2 * at + 1]];
        for (let k = 0; k < count; k++) {
          const mine = of[own * count + k];
          const theirs = partner === undefined ? mine : of[other * count + k];
          const value = (weight * mine + (1 - weight) * theirs - mean[k]) / std[k];
          const both = Number.isFinite(value);
          known[at * count + k] = both ? 1 : 0;
          targets[at * count + k] = both ? value : 0;
        }
      }
    },
  };
}
