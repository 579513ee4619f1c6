// Residual connection (He et al. 2015, arXiv 1512.03385): body(x) + shortcut(x).

import { add } from "../../graph/index.js";
import { formatShape, sameShape } from "../../tensor/shape.js";
import type { Layer } from "../scope.js";

/** Options of {@link residual}. */
export interface ResidualOptions {
  /** Brings x to the body's shape; default the identity. Its parameters are named `shortcut.…`. */
  readonly shortcut?: Layer;
  /** Applied to the sum; default none. */
  readonly activation?: Layer;
}

/**
 * The sum of a body and a shortcut around it. The body's parameters keep their own names.
 *
 * @throws RangeError when both sides have different shapes.
 * @example
 * const body = sequential(conv2d(8, 3, { padding: 1 }), batchNorm());
 * const block = residual(body, { activation: relu() });
 * build(block, [4, 8, 6, 6], { training: true }).output.shape; // [4, 8, 6, 6]
 */
export const residual =
  (body: Layer, { shortcut, activation }: ResidualOptions = {}): Layer =>
  (x, scope) => {
    // The shortcut stands first in the graph, so that the body's last normalisation can add it.
    const around = shortcut ? scope.apply("shortcut", shortcut, x) : x;
    const inner = body(x, scope);
    if (!sameShape(inner.shape, around.shape)) {
      throw new RangeError(
        `residual: the body gives ${formatShape(inner.shape)}, the shortcut ${formatShape(around.shape)}`,
      );
    }
    const sum = add(inner, around);
    return activation ? activation(sum, scope) : sum;
  };
