// Traces of the blocks of a Hessian, from gradients alone (Hutchinson 1990; Dong et al. 2019, HAWQ-V2, arXiv 1911.03852):
// tr(H_i) is the mean of v_i (H v)_i over vectors v of +-1. One product serves all blocks.

import { Random } from "../../tensor/philox.js";
import { type BlockTrace, Means, type Segment } from "./means.js";

/** The gradient of a loss at a point, as often as it is asked for; always of the same images. */
export type GradientAt = (w: Float32Array) => Promise<Float32Array>;

/** Options of {@link hessianTraces}. */
export interface TraceOptions {
  /** Most draws of v; default 50. */
  readonly draws?: number;
  /** Draws end when no mean has changed by more than this share; default 0.05. */
  readonly tolerance?: number;
  /** Of the random vectors; default 1. */
  readonly seed?: number;
  /**
   * Length of a step beside that of w; default 0.01. Along a shorter one differences of f32 gradients are mostly rounding, and
   * kinks of ReLUs that happen to lie on it.
   */
  readonly step?: number;
}

const norm = (values: ArrayLike<number>, { offset, length }: Segment): number => {
  let sum = 0;
  for (let at = offset; at < offset + length; at++) sum += values[at] ** 2;
  return sum;
};

/**
 * Estimates the trace of each block of the Hessian at a point. H v is the central difference of gradients a small step
 * along v and against it, so that two gradients a draw are all it takes.
 *
 * @param w all parameters
 * @param segments blocks, within the gradient's length
 * @example
 * // A loss of w[0]^2 + 3 w[1]^2 has the Hessian diag(2, 6).
 * const gradientAt = async (w: Float32Array) => Float32Array.of(2 * w[0], 6 * w[1]);
 * const segments = ["a", "b"].map((name, offset) => ({ name, offset, length: 1 }));
 * const traces = await hessianTraces(gradientAt, Float32Array.of(1, 1), segments);
 * traces.map(({ trace }) => trace.toFixed(2)); // ["2.00", "6.00"]
 */
export async function hessianTraces(
  gradientAt: GradientAt,
  w: Float32Array,
  segments: readonly Segment[],
  { draws = 50, tolerance = 0.05, seed = 1, step = 1e-2 }: TraceOptions = {},
): Promise<BlockTrace[]> {
  const numbers = segments.reduce((sum, { length }) => sum + length, 0);
  const size = Math.sqrt(segments.reduce((sum, segment) => sum + norm(w, segment), 0));
  const far = (step * size) / Math.sqrt(numbers) || step;
  const means = new Means(segments);
  for (let draw = 0; draw < draws; draw++) {
    const random = new Random({ seed, purpose: "noise", step: draw });
    const v = new Float32Array(w.length);
    for (const { offset, length } of segments) {
      for (let at = offset; at < offset + length; at++) v[at] = random.uniform() < 0.5 ? -1 : 1;
    }
    const [up, down] = [1, -1].map((sign) => w.map((value, at) => value + sign * far * v[at]));
    const [above, below] = [await gradientAt(up), await gradientAt(down)];
    const found = segments.map(({ offset, length }) => {
      let sum = 0;
      for (let at = offset; at < offset + length; at++) {
        // What f32 really went, which is not quite twice the step.
        const gone = up[at] - down[at];
        if (gone !== 0) sum += ((above[at] - below[at]) / Math.abs(gone)) * v[at];
      }
      return sum;
    });
    if (means.add(found, tolerance)) break;
  }
  return means.traces;
}
