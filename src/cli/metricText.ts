// Metrics as people read them.

import type { MetricInfo } from "../tasks/index.js";
import { percent } from "../text/format.js";

/** `accuracy` as "accuracy", `macroF1` as "macro F1". */
export const metricTitle = (name: string): string =>
  name.replace(
    /([a-z])([A-Z])/g,
    (_, a: string, b: string) => `${a} ${b === "F" ? b : b.toLowerCase()}`,
  );

/** A share in percent, a number with four digits, `-` for what is not known. */
export function metricText(
  { unit }: Pick<MetricInfo, "unit">,
  value: number | null | undefined,
): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return "-";
  return unit === "share" ? percent(value) : String(Number(value.toPrecision(4)));
}
