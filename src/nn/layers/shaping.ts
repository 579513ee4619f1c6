// Layers that move elements and compute nothing.

import { reshape as reshaped, resize } from "../../graph/index.js";
import type { Shape } from "../../tensor/shape.js";
import type { Layer } from "../scope.js";

/**
 * [n, ...] to [n, features], row-major.
 *
 * @example
 * build(flatten(), [8, 16, 5, 5], { training: true }).output.shape; // [8, 400]
 */
export const flatten = (): Layer => (x) => reshaped(x, [x.shape[0], -1]);

/**
 * Each sample to `shape`, which leaves out the batch; one size may be -1.
 *
 * @example
 * build(reshape([1, 8, -1]), [4, 64], { training: true }).output.shape; // [4, 1, 8, 8]
 */
export const reshape =
  (shape: Shape): Layer =>
  (x) =>
    reshaped(x, [x.shape[0], ...shape]);

/**
 * Images enlarged `factor` times (default nearest; bilinear with pixel centres at half-integers).
 *
 * @example
 * build(upsample(2, "bilinear"), [1, 8, 7, 7], { training: true }).output.shape; // [1, 8, 14, 14]
 */
export const upsample =
  (factor: number, mode: "nearest" | "bilinear" = "nearest"): Layer =>
  (x) =>
    resize(
      x,
      x.shape.slice(2).map((size) => Math.round(size * factor)),
      mode,
    );
