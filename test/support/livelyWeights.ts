// For tests: weights by which a net's signals live.

import type { ParamLayout } from "../../src/graph/index.js";
import { fans } from "../../src/nn/initialisers.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { noise } from "./layers.js";

const table = noise(4099);

/** Weights of a size that keeps signals alive, and statistics that are not those of a new net. */
export function livelyWeights({ params, length }: ParamLayout): Float32Array {
  const w = new Float32Array(length);
  for (const { kind, shape, offset, name } of params) {
    const centre = name.endsWith("scale") || name.endsWith("variance") ? 1 : 0;
    const spread = kind === "weight" ? Math.sqrt(2 / fans(shape).fanIn) : 0.2;
    for (let at = offset; at < offset + sizeOf(shape); at++) {
      const number = centre + spread * table[at % table.length];
      w[at] = centre === 0 ? number : Math.abs(number) + 0.1;
    }
  }
  return w;
}
