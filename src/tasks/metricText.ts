// Metrics as people read them.

import { percent } from "../text/format.js";
import type { MetricInfo } from "./task.js";

/** `accuracy` as "accuracy", `macroF1` as "macro F1". */
export const metricTitle = (name: string): string =>
  name.replace(
    /([a-z])([A-Z])/g,
    (_, a: string, b: string) => `${a} ${b === "F" ? b : b.toLowerCase()}`,
  );

/** From here on a loss has run away, and digits behind the point tell nothing. */
const LARGE = 1e5;

/** A loss with four digits behind the point, a large one as `1.2346e+8`, `-` for one that is not finite. */
export function lossText(loss: number): string {
  if (!Number.isFinite(loss)) return "-";
  return Math.abs(loss) < LARGE ? loss.toFixed(4) : loss.toExponential(4);
}

/** A share in percent, a number with four digits, `-` for what is not known. */
export function metricText(
  { unit }: Pick<MetricInfo, "unit">,
  value: number | null | undefined,
): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return "-";
  return unit === "share" ? percent(value) : String(Number(value.toPrecision(4)));
}
