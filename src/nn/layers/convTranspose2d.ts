// Transposed convolution: the gradient of a convolution used forwards, to enlarge images.

import {
  add,
  convGeometry,
  type Padding,
  type Pair,
  reshape,
  convTranspose2d as transposed,
} from "../../graph/index.js";
import { fill, heNormal, type Initialiser } from "../initialisers.js";
import type { Layer } from "../scope.js";

/** Options of {@link convTranspose2d}. */
export interface ConvTranspose2dOptions {
  /** Default 1. */
  readonly strides?: Pair;
  /** Rows and columns cut off at each side; default 0. */
  readonly padding?: Padding;
  /** Default 1. */
  readonly dilation?: Pair;
  /** Default 1. */
  readonly groups?: number;
  /** Rows and columns added at the bottom and right; default none. */
  readonly outputPadding?: readonly [number, number];
  /** Default true. */
  readonly bias?: boolean;
  /** Default He's normal initialiser by fan-in. */
  readonly init?: Initialiser;
}

/**
 * Images [n, c, h, w] to [n, out, h', w'] with
 * h' = (h - 1) stride - padding + dilation (kernel - 1) + 1 + outputPadding.
 * Parameters `weight` [c, out / groups, kh, kw] and `bias` [out].
 *
 * @throws RangeError when the groups do not divide the channels, or nothing would be left of an image.
 * @example
 * const net = build(convTranspose2d(8, 2, { strides: 2 }), [4, 16, 7, 7], { training: true });
 * net.output.shape; // [4, 8, 14, 14]
 */
export const convTranspose2d =
  (out: number, kernel: Pair, options: ConvTranspose2dOptions = {}): Layer =>
  (x, scope) => {
    const { bias = true, init = heNormal(), outputPadding, ...geometry } = options;
    const { groups = 1 } = geometry;
    const [kh, kw] = typeof kernel === "number" ? [kernel, kernel] : kernel;
    const weight = scope.param(x.graph, "weight", [x.shape[1], out / groups, kh, kw], init);
    const y = transposed(x, weight, convGeometry(geometry), outputPadding);
    if (!bias) return y;
    return add(y, reshape(scope.param(x.graph, "bias", [out], fill(0), "bias"), [1, out, 1, 1]));
  };
