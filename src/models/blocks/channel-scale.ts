// A trainable factor for each channel ("layer scale": Touvron, Cord, Sablayrolles, Synnaeve and Jegou 2021, arXiv
// 2103.17239).

import { mul, reshape } from "../../graph/index.js";
import { fill, type Layer } from "../../nn/index.js";

/** x times a factor a channel, all of them `start` at first; images [n, c, h, w]. The parameter is `scale` [c]. */
export const channelScale =
  (start: number): Layer =>
  (x, scope) => {
    const factors = scope.param(x.graph, "scale", [x.shape[1]], fill(start), "scale");
    return mul(x, reshape(factors, [1, -1, 1, 1]));
  };
