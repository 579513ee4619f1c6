// Mean and spread of values, so that the net learns numbers of one size.

import type { ValueLabels } from "../../data/index.js";
import type { Constants } from "../task.js";

/** Mean and standard deviation of the known values, one each; a value that never changes has spread 1. */
export function scalesOf({ of, names }: ValueLabels): Constants {
  const { length } = names;
  const known = names.map((_, at) =>
    Array.from(of).filter((value, k) => k % length === at && Number.isFinite(value)),
  );
  const mean = known.map((list) => list.reduce((a, b) => a + b, 0) / list.length);
  const std = known.map((list, at) => {
    const variance = list.reduce((sum, value) => sum + (value - mean[at]) ** 2, 0) / list.length;
    return Math.sqrt(variance) || 1;
  });
  return { mean, std };
}
