// What is done to images that a net has to make whole again (Vincent, Larochelle, Lajoie, Bengio and Manzagol 2010, "Stacked
// denoising autoencoders", JMLR 11). Pixels are drawn anew in every step, by their own numbers of the step's key.

import { add, constant, mul, normal, step, sub, uniform, type Value } from "../../graph/index.js";
import type { Layer, Scope } from "../../nn/index.js";

/** 1 with a probability, for each pixel of its own in all channels alike, else 0: [n, 1, h, w]. */
function chosen(x: Value, scope: Scope, share: number): Value {
  const [n, , height, width] = x.shape;
  const draws = uniform(x.graph, [n, 1, height, width], scope.stream());
  return step(sub(constant(x.graph, share), draws));
}

/** A share of the pixels become `value`. */
const replaced =
  (share: number, value: (x: Value, scope: Scope) => Value): Layer =>
  (x, scope) => {
    if (!scope.training || share === 0) return x;
    const hit = chosen(x, scope, share);
    const kept = mul(x, sub(constant(x.graph, 1), hit));
    return add(kept, mul(hit, value(x, scope)));
  };

/** The share of pixels becomes 0, which is the mean of normalised images. */
export const masking = (share: number): Layer => replaced(share, (x) => constant(x.graph, 0));

/** How far salt and pepper lie from the mean, in standard deviations of the images. */
const EXTREME = 2;

/** The share of pixels becomes very bright or very dark, each as often. */
export const saltAndPepper = (share: number): Layer =>
  replaced(share, (x, scope) =>
    mul(sub(chosen(x, scope, 0.5), constant(x.graph, 0.5)), constant(x.graph, 2 * EXTREME)),
  );

/** Normal noise is added, of a standard deviation in those of the images. */
export const gaussian =
  (std: number): Layer =>
  (x, scope) => {
    if (!scope.training || std === 0) return x;
    const noise = normal(x.graph, x.shape, scope.stream());
    return add(x, mul(noise, constant(x.graph, std)));
  };

/** One behind the other. */
export const allOf =
  (layers: readonly Layer[]): Layer =>
  (x, scope) =>
    layers.reduce((value, layer) => layer(value, scope), x);
