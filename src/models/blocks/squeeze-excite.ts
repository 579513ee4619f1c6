// Squeeze-and-excitation (Hu, Shen, Albanie, Sun and Wu 2017, arXiv 1709.01507): a factor for each channel, worked out
// of the means of all.

import { mul, reshape } from "../../graph/index.js";
import { globalAvgPool, type Layer, linear, sequential } from "../../nn/index.js";

/** What {@link squeezeExcite} is made of. */
export interface SqueezeOptions {
  /** Channels that the means are brought to. */
  readonly units: number;
  readonly activation: () => Layer;
  /** Of the factors, into [0, 1]. */
  readonly gate: () => Layer;
}

/** x * gate(expand(activation(reduce(mean of x)))), for images [n, c, h, w]. */
export const squeezeExcite =
  ({ units, activation, gate }: SqueezeOptions): Layer =>
  (x, scope) => {
    const [images, channels] = x.shape;
    const layers = sequential({
      pool: globalAvgPool(),
      reduce: linear(units),
      activation: activation(),
      expand: linear(channels),
      gate: gate(),
    });
    return mul(x, reshape(layers(x, scope), [images, channels, 1, 1]));
  };
