// Numbers that belong to channels, axis 1 of [n, c] or [n, c, h, w].

import { add, mul, reshape, type Value } from "../../graph/index.js";
import { fill } from "../initialisers.js";
import type { Scope } from "../scope.js";

/** Numbers [c] in a shape that broadcasts over the channels of `x`. */
export const alongChannels = (numbers: Value, x: Value): Value =>
  reshape(
    numbers,
    x.shape.map((_, axis) => (axis === 1 ? -1 : 1)),
  );

/** The trainable `scale` (ones at the start) and `shift` (zeros) of a normalisation, both [c]. */
export const affineParams = (x: Value, scope: Scope): { scale: Value; shift: Value } => ({
  scale: scope.param(x.graph, "scale", [x.shape[1]], fill(1), "scale"),
  shift: scope.param(x.graph, "shift", [x.shape[1]], fill(0), "shift"),
});

/** x * scale + shift with one number of each a channel. */
export const affine = (x: Value, { scale, shift }: { scale: Value; shift: Value }): Value =>
  add(mul(x, alongChannels(scale, x)), alongChannels(shift, x));
