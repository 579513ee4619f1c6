// Traces of the blocks of a Gauss-Newton matrix, from gradients of labels that the net itself draws (Martens 2020, "New
// insights and perspectives on the natural gradient method", arXiv 1412.1193; summed over a batch as in Liu et al. 2023,
// Sophia, arXiv 2305.14342). For losses that are minus the log of a probability it is the Fisher matrix, whose traces are
// expected squares of gradients: never below 0. A net that is linear in pieces along each layer's weights, as one of ReLUs,
// has these as its Hessian's blocks almost everywhere.

import { type BlockTrace, Means, type Segment } from "./means.js";
import type { TraceOptions } from "./traces.js";

/**
 * Gradients of the mean loss of some batches, each against labels that are drawn anew from what the net says of it. Every
 * gradient is done with before the next one is asked for.
 */
export type DrawnGradients = (draw: number) => AsyncIterable<Float32Array>;

/** Options of {@link gaussNewtonTraces}. */
export interface GaussNewtonOptions extends Pick<TraceOptions, "draws" | "tolerance"> {
  /** Images of each batch. */
  readonly batch: number;
}

/**
 * Estimates the trace of each block of the Gauss-Newton matrix of a mean loss. Gradients of different images are
 * independent with a mean of 0, so the square of their sum is in the mean the sum of their squares: one gradient a batch
 * serves all its images and all blocks.
 *
 * @param segments blocks, within the gradient's length
 * @example
 * // Two batches of one image, whose gradients are 3 and 1 along the only weight, with either sign.
 * async function* gradients(draw: number) {
 *   for (const slope of [3, 1]) yield Float32Array.of(draw % 2 === 0 ? slope : -slope);
 * }
 * const segments = [{ name: "w", offset: 0, length: 1 }];
 * const [{ trace, standardError }] = await gaussNewtonTraces(gradients, segments, { batch: 1 });
 * [trace, standardError]; // [5, 0]
 */
export async function gaussNewtonTraces(
  gradients: DrawnGradients,
  segments: readonly Segment[],
  { batch, draws = 50, tolerance = 0.05 }: GaussNewtonOptions,
): Promise<BlockTrace[]> {
  const means = new Means(segments);
  for (let draw = 0; draw < draws; draw++) {
    const squares = segments.map(() => 0);
    let batches = 0;
    for await (const gradient of gradients(draw)) {
      batches++;
      for (const [at, { offset, length }] of segments.entries()) {
        for (let i = offset; i < offset + length; i++) squares[at] += gradient[i] ** 2;
      }
    }
    const found = squares.map((sum) => (batch * sum) / batches);
    if (means.add(found, tolerance)) break;
  }
  return means.traces;
}
