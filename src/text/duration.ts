// Spans of time as people write them.

import { InputError } from "../inputError.js";

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/**
 * The seconds of a text such as `90s`, `30m`, `1h30m`, `2d`.
 *
 * @throws InputError for a text of another form, and for no time at all.
 * @example
 * parseDuration("1h30m"); // 5400
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  const whole = parts.map(([part]) => part).join("") === text;
  const sum = parts.reduce((total, [, value, unit]) => total + Number(value) * seconds[unit], 0);
  if (whole && sum > 0) return sum;
  throw new InputError(`"${text}" is no time; expected one as 90s, 30m or 1h30m`);
}
