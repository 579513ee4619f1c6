// A pruned net with what is left of its weights as it was early in training (Frankle and Carbin 2019, arXiv 1803.03635).

import { maskName } from "../../compress/index.js";
import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import { readWeights } from "../../train/weights.js";

/**
 * Sets all parameters of a net but its masks to those of a file; what masks make 0 stays 0.
 *
 * @throws InputError for a file of another net, or of a net of another shape
 */
export async function rewound({ net, w }: CompactNet, from: string): Promise<void> {
  const { info, tensors } = await readWeights(from);
  const other = info.passes?.find(({ pass }) => pass !== "masks");
  if (other) {
    throw new InputError(
      `rewind: ${from} holds a net after pass ${other.pass}; expected an early stage of the same net in f32`,
    );
  }
  const params = new Map(net.layout.params.map((param) => [param.name, param]));
  const masks = new Set([...params.keys()].map(maskName));
  for (const { name, shape, offset } of params.values()) {
    if (masks.has(name)) continue;
    const { data, shape: found } = tensors.get(name) ?? {};
    if (!data || !found || !sameShape(found, shape)) {
      throw new InputError(
        `rewind: ${from} has "${name}" as ${found ? formatShape(found) : "no tensor"}; the pruned net has it of ` +
          `${formatShape(shape)}: expected an early stage of the same net, and a way to prune that keeps shapes`,
      );
    }
    const own = w.subarray(offset, offset + sizeOf(shape));
    own.set(data as Float32Array);
    const mask = params.get(maskName(name));
    if (!mask) continue;
    for (const at of own.keys()) if (w[mask.offset + at] === 0) own[at] = 0;
  }
}
