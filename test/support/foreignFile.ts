// Tensors as the file of a map of names has them.

import { createModel, type NameMap } from "../../src/models/index.js";
import { build } from "../../src/nn/build.js";
import type { HostTensor } from "../../src/tensor/host.js";
import type { Shape } from "../../src/tensor/shape.js";

/** Names and shapes in the file of a map, with so many classes. */
export function shapesOf({ model, images, tensors }: NameMap, outputs = 1000): [string, Shape][] {
  const [channels, height, width] = images.input;
  const { layer, input } = createModel(model, { channels, height, width, outputs });
  const { layout } = build(layer, [1, ...input], { training: false });
  return layout.params
    .filter(({ name }) => name in tensors)
    .map(({ name, shape }) => [tensors[name], shape]);
}

/** The file's tensors without numbers. */
export const hollowFile = (map: NameMap, outputs?: number): Map<string, HostTensor> =>
  new Map(
    shapesOf(map, outputs).map(([name, shape]) => [
      name,
      { dtype: "f32", shape, data: new Float32Array(0) },
    ]),
  );
