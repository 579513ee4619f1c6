// Timers of any length.

/** Milliseconds of the longest timer of JavaScript, 24 days: a longer one ends at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls a function once so many milliseconds are over; never after an infinite time.
 *
 * @returns what forgets it
 * @example
 * const forget = after(1e12, () => console.log("30 years are over"));
 * forget();
 */
export function after(milliseconds: number, act: () => void): () => void {
  if (milliseconds === Number.POSITIVE_INFINITY) return () => undefined;
  const end = performance.now() + milliseconds;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number): void => {
    const next = () => wait(end - performance.now());
    timer = left > LONGEST ? setTimeout(next, LONGEST) : setTimeout(act, left);
  };
  wait(milliseconds);
  return () => clearTimeout(timer);
}
