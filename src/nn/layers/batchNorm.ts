// Batch normalisation (Ioffe and Szegedy 2015, arXiv 1502.03167) with running statistics.

import {
  add,
  batchNorm as batchNormOp,
  constant,
  div,
  mul,
  sqrt,
  sub,
  type Value,
} from "../../graph/index.js";
import { formatShape, sizeOf } from "../../tensor/shape.js";
import { fill } from "../initialisers.js";
import type { Layer, Scope } from "../scope.js";
import { affine, affineParams } from "./perChannel.js";

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Weight of a new batch in the running statistics; default 0.1. */
  readonly momentum?: number;
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
}

/** old + momentum (now - old), stored at the end of the step. */
function updateRunning(scope: Scope, name: string, old: Value, now: Value, momentum: number): void {
  const weight = scope.momentum(old.graph, momentum);
  scope.update(name, add(old, mul(weight, sub(now, old))));
}

/**
 * Normalises each channel of [n, c] or [n, c, h, w]: by the batch's own statistics in training, by the
 * running ones otherwise. Parameters `scale`, `shift` and the statistics `mean`, `variance`, all [c].
 * The running variance is the unbiased one, as in PyTorch.
 *
 * @throws RangeError in training when a channel has a single value, whose variance is unknown.
 * @example
 * const { layout } = build(batchNorm(), [8, 16, 4, 4], { training: true });
 * layout.params.map(({ name }) => name); // ["scale", "shift", "mean", "variance"]
 * [layout.trainable, layout.length]; // [32, 64]
 */
export const batchNorm =
  ({ momentum = 0.1, eps = 1e-5 }: BatchNormOptions = {}): Layer =>
  (x, scope) => {
    const { graph } = x;
    const channels = x.shape[1];
    const { scale, shift } = affineParams(x, scope);
    const mean = scope.param(graph, "mean", [channels], fill(0), "statistic");
    const variance = scope.param(graph, "variance", [channels], fill(1), "statistic");
    if (!scope.training) {
      // Everything of size [c] is worked out first: one multiply-add per element remains.
      const slope = div(scale, sqrt(add(variance, constant(graph, eps))));
      return affine(x, { scale: slope, shift: sub(shift, mul(mean, slope)) });
    }
    const count = sizeOf(x.shape) / channels;
    if (count < 2) {
      throw new RangeError(
        `batchNorm: ${formatShape(x.shape)} has one value a channel; train with a batch of 2 or more`,
      );
    }
    const [y, batchMean, batchVariance] = batchNormOp(x, scale, shift, { eps });
    const unbiased = mul(batchVariance, constant(graph, count / (count - 1)));
    updateRunning(scope, "mean", mean, batchMean, momentum);
    updateRunning(scope, "variance", variance, unbiased, momentum);
    return y;
  };
