// For tests of metrics.

import type { Metrics } from "../../src/tasks/index.js";

/**
 * Adds outputs, a row an image, in two batches, of which the second does not begin with the first image.
 *
 * @param pack of a batch's numbers; default in single precision, as nets give them
 */
export function addInHalves<M extends Metrics>(
  metrics: M,
  rows: readonly (readonly number[])[],
  pack: (numbers: readonly number[]) => Float32Array = (numbers) => Float32Array.from(numbers),
): M {
  const half = rows.length >> 1;
  for (const [from, to] of [
    [0, half],
    [half, rows.length],
  ]) {
    const batch = rows.slice(from, to);
    const indices = Int32Array.from(batch, (_, at) => from + at);
    metrics.add(pack(batch.flat()), indices, {});
  }
  return metrics;
}
