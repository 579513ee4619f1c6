// Fully connected layer.

import { matmul } from "../../graph/index.js";
import { formatShape } from "../../tensor/shape.js";
import { fill, heNormal, type Initialiser } from "../initialisers.js";
import type { Layer } from "../scope.js";

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  /** Default He's normal initialiser by fan-in. */
  readonly init?: Initialiser;
}

/**
 * Rows [n, features] to [n, out]. Parameters `weight` [out, features] and `bias` [out].
 *
 * @throws RangeError for anything but rows: images need `flatten()` in front.
 * @example
 * const net = build(sequential(flatten(), linear(10)), [64, 1, 28, 28], { training: true });
 * net.output.shape; // [64, 10]
 * net.layout.params.map(({ name }) => name); // ["1.weight", "1.bias"]
 */
export const linear =
  (out: number, { bias = true, init = heNormal() }: LinearOptions = {}): Layer =>
  (x, scope) => {
    if (x.shape.length !== 2) {
      throw new RangeError(
        `linear: expected [batch, features], found ${formatShape(x.shape)}; put flatten() in front`,
      );
    }
    const weight = scope.param(x.graph, "weight", [out, x.shape[1]], init);
    return matmul(x, weight, {
      transposeB: true,
      bias: bias ? scope.param(x.graph, "bias", [out], fill(0), "bias") : undefined,
    });
  };
