// Convolution with trainable weights.

import { conv2d as convolve, type Pair } from "../../graph/index.js";
import { fill, heNormal, type Initialiser } from "../initialisers.js";
import type { Layer } from "../scope.js";
import { type LayerPadding, resolvePadding } from "./padding.js";

/** Options of {@link conv2d}. */
export interface Conv2dOptions {
  /** Default 1. */
  readonly strides?: Pair;
  /** Default 0. */
  readonly padding?: LayerPadding;
  /** Default 1. */
  readonly dilation?: Pair;
  /** Default 1; as many as channels make a depthwise convolution. */
  readonly groups?: number;
  /** Default true; leave it out in front of a normalisation, which would cancel it. */
  readonly bias?: boolean;
  /** Default He's normal initialiser by fan-in. */
  readonly init?: Initialiser;
  /** Of the biases; default zeros. */
  readonly biasInit?: Initialiser;
}

/**
 * Convolution: images [n, c, h, w] to [n, out, h', w'] with
 * h' = floor((h + padding - dilation (kernel - 1) - 1) / stride) + 1.
 * Parameters `weight` [out, c / groups, kh, kw] and `bias` [out].
 *
 * @throws RangeError when the window does not fit the image, or the groups the channels.
 * @example
 * const net = build(conv2d(16, 3, { strides: 2, padding: "same" }), [8, 3, 32, 32], { training: true });
 * net.output.shape; // [8, 16, 16, 16]
 * net.layout.trainable; // 16 * 3 * 3 * 3 + 16
 */
export const conv2d =
  (out: number, kernel: Pair, options: Conv2dOptions = {}): Layer =>
  (x, scope) => {
    const { strides = 1, dilation = 1, groups = 1, bias = true } = options;
    const { init = heNormal(), biasInit = fill(0) } = options;
    const [kh, kw] = typeof kernel === "number" ? [kernel, kernel] : kernel;
    const weight = scope.param(x.graph, "weight", [out, x.shape[1] / groups, kh, kw], init);
    return convolve(x, weight, {
      strides,
      padding: resolvePadding(options.padding ?? 0, x.shape.slice(2), {
        kernel,
        strides,
        dilation,
      }),
      dilation,
      groups,
      bias: bias ? scope.param(x.graph, "bias", [out], biasInit, "bias") : undefined,
    });
  };
