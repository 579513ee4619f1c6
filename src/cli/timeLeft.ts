// How long what is left of some work will take, from what was done of it.

import { clock } from "../text/format.js";

/**
 * `1:23 left`; nothing before anything was done.
 *
 * @param seconds that what was `done` took
 * @param left how much there is to do, in the same units
 */
export function timeLeft(seconds: number, done: number, left: number): string {
  if (left > 0 && done === 0) return "";
  return `${clock(left && (seconds / done) * left)} left`;
}
