// The two-dimensional discrete cosine transform (DCT-II; Ahmed, Natarajan and Rao 1974, IEEE Transactions on Computers
// C-23) as values of a graph.

import { concat, constant, type Graph, mul, reshape, type Value } from "../../graph/index.js";

/** The waves of `size` numbers, from slow to fast, a row each, the absolute values of a row adding up to 1. */
export function waves(size: number): number[][] {
  return Array.from({ length: size }, (_, frequency) => {
    const wave = Array.from({ length: size }, (_, at) =>
      Math.cos((Math.PI / size) * (at + 0.5) * frequency),
    );
    const sum = wave.reduce((total, value) => total + Math.abs(value), 0);
    return wave.map((value) => value / sum);
  });
}

/** {@link waves} in a graph, [size, size]. */
function wavesIn(graph: Graph, size: number): Value {
  const numbers = waves(size).flat();
  const each = numbers.map((value) => reshape(constant(graph, value), [1]));
  return reshape(concat(each, 0), [size, size]);
}

/**
 * All windows of `kernel` [height, width] that are a wave down and a wave across, [height * width, height, width], the slow
 * ones first in both directions. Absolute values of a window add up to 1.
 */
export function cosineWindows(graph: Graph, [height, width]: readonly number[]): Value {
  const down = reshape(wavesIn(graph, height), [height, 1, height, 1]);
  const across = reshape(wavesIn(graph, width), [1, width, 1, width]);
  return reshape(mul(down, across), [height * width, height, width]);
}

/**
 * The factor of {@link cosineWindows} by which sums of all of them, with shares at random, have as much variance in a pixel
 * as the shares.
 */
export function windowScale(kernel: readonly number[]): number {
  const squares = (size: number) =>
    waves(size)
      .flat()
      .reduce((sum, value) => sum + value * value, 0);
  return kernel.reduce((scale, size) => scale * Math.sqrt(size / squares(size)), 1);
}
