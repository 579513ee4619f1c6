// Targets of a classifier: class probabilities, which may be mixed, and the order of the classes around the own one.

import type { ClassLabels, TargetMaker } from "../../data/index.js";

/** Input with class probabilities, f32 [n, classes]. */
export const TARGETS = "targets";
/** Input that is 0 for the own class, 1 for those in front of it and -1 for those behind, f32 [n, classes]. */
export const ORDER = "order";

/** Makes the targets of images with one class each. */
export function classTargets({ of, classes }: ClassLabels): TargetMaker {
  const count = classes.length;
  const row = { dtype: "f32", shape: [count] } as const;
  return {
    inputs: { [TARGETS]: row, [ORDER]: row },
    fill({ indices, samples }, { [TARGETS]: targets, [ORDER]: order }) {
      targets.fill(0);
      for (const [at, { partner, weight }] of samples.entries()) {
        const own = of[indices[2 * at]];
        const start = at * count;
        order.fill(1, start, start + own);
        order[start + own] = 0;
        order.fill(-1, start + own + 1, start + count);
        targets[start + own] += partner === undefined ? 1 : weight;
        if (partner !== undefined) targets[start + of[indices[2 * at + 1]]] += 1 - weight;
      }
    },
  };
}
