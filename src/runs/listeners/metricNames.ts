// Names of metrics as those of columns.

import type { MetricValues } from "../../tasks/index.js";

/**
 * Metrics by the names that a table has for them: `selectionMacroF1`.
 *
 * @example
 * prefixed("train", { accuracy: 0.5 }); // { trainAccuracy: 0.5 }
 */
export const prefixed = (part: "train" | "selection", metrics: MetricValues): MetricValues =>
  Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [
      `${part}${name[0].toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
