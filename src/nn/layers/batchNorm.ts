// Batch normalisation (Ioffe and Szegedy 2015, arXiv 1502.03167) with running statistics.

import {
  add,
  batchNorm as batchNormOp,
  concat,
  constant,
  div,
  mul,
  slice,
  sqrt,
  sub,
  type Value,
} from "../../graph/index.js";
import { formatShape, sizeOf } from "../../tensor/shape.js";
import { fill } from "../initialisers.js";
import type { Layer } from "../scope.js";
import { affine, affineParams } from "./perChannel.js";

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Weight of a new batch in the running statistics; default 0.1. */
  readonly momentum?: number;
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
}

/** Defaults of {@link BatchNormOptions}. */
export const MOMENTUM = 0.1;
const EPS = 1e-5;

/** What batch norm makes of a batch: the result, and the statistics [c], the variance unbiased. */
interface Normalised {
  readonly y: Value;
  readonly mean: Value;
  readonly variance: Value;
}

function normalise(x: Value, scale: Value, shift: Value, eps: number): Normalised {
  const count = sizeOf(x.shape) / x.shape[1];
  if (count < 2) {
    throw new RangeError(
      `batchNorm: ${formatShape(x.shape)} has one value a channel; train with a batch of 2 or more`,
    );
  }
  const [y, mean, variance] = batchNormOp(x, scale, shift, { eps });
  return { y, mean, variance: mul(variance, constant(x.graph, count / (count - 1))) };
}

/** Virtual batches of `size` images; the last one takes in what is left over. */
function ghosts(x: Value, size: number): Value[] {
  const [images, ...rest] = x.shape;
  const count = Math.max(1, Math.floor(images / size));
  return Array.from({ length: count }, (_, at) => {
    const end = at === count - 1 ? images : (at + 1) * size;
    return slice(x, [at * size, ...rest.map(() => 0)], [end - at * size, ...rest]);
  });
}

/** Each virtual batch by its own statistics; those of the batch are their means. */
function normaliseGhosts(parts: readonly Normalised[]): Normalised {
  const share = constant(parts[0].y.graph, 1 / parts.length);
  const mean = (values: readonly Value[]) => mul(values.reduce(add), share);
  return {
    y: concat(
      parts.map(({ y }) => y),
      0,
    ),
    mean: mean(parts.map((part) => part.mean)),
    variance: mean(parts.map((part) => part.variance)),
  };
}

/** A running statistic of each channel [c]. */
export interface Statistic {
  readonly value: Value;
  /** Takes in what it is on this batch. */
  follow(now: Value): void;
}

/** What a normalisation reads and follows, all [c]. */
export interface BatchNormParams {
  readonly scale: Value;
  readonly shift: Value;
  readonly mean: Statistic;
  readonly variance: Statistic;
}

/** Whether the batch's own statistics count, and over how many images at a time; default all. */
export interface BatchNormMode {
  readonly training: boolean;
  readonly ghost?: number | undefined;
}

/** Normalises each channel of `x`: what {@link batchNorm} does with its parameters. */
export function normaliseChannels(
  x: Value,
  { scale, shift, mean, variance }: BatchNormParams,
  { training, ghost }: BatchNormMode,
  eps = EPS,
): Value {
  if (!training) {
    // Everything of size [c] is worked out first: one multiply-add per element remains.
    const slope = div(scale, sqrt(add(variance.value, constant(x.graph, eps))));
    return affine(x, { scale: slope, shift: sub(shift, mul(mean.value, slope)) });
  }
  const batch =
    ghost === undefined || ghost >= x.shape[0]
      ? normalise(x, scale, shift, eps)
      : normaliseGhosts(ghosts(x, ghost).map((part) => normalise(part, scale, shift, eps)));
  mean.follow(batch.mean);
  variance.follow(batch.variance);
  return batch.y;
}

/** old + momentum (now - old). */
export const followed = (old: Value, now: Value, momentum: Value): Value =>
  add(old, mul(momentum, sub(now, old)));

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
  ({ momentum = MOMENTUM, eps = EPS }: BatchNormOptions = {}): Layer =>
  (x, scope) => {
    const { graph } = x;
    const statistic = (name: string, first: number): Statistic => {
      const value = scope.param(graph, name, [x.shape[1]], fill(first), "statistic");
      const follow = (now: Value) =>
        scope.update(name, followed(value, now, scope.momentum(graph, momentum)));
      return { value, follow };
    };
    const { scale, shift } = affineParams(x, scope);
    const statistics = { mean: statistic("mean", 0), variance: statistic("variance", 1) };
    return normaliseChannels(x, { scale, shift, ...statistics }, scope, eps);
  };
