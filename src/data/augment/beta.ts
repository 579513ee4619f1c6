// Shares of two images that are mixed.

import type { Random } from "../../tensor/philox.js";

/** A number from Beta(a, a) by Jöhnk's method (1964), in logarithms so that small `a` does not underflow. */
export function beta(random: Random, a: number): number {
  for (;;) {
    const x = Math.log(1 - random.uniform());
    const y = Math.log(1 - random.uniform());
    if (Math.exp(x / a) + Math.exp(y / a) <= 1) return 1 / (1 + Math.exp((y - x) / a));
  }
}
