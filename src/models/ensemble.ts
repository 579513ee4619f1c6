// Several nets of one model as one net: each looks at the images, and their outputs are averaged.

import type { Value } from "../graph/index.js";
import type { Model } from "./model.js";

/** Of a task: outputs of one image as one. */
export type Average = (outputs: readonly Value[]) => Value;

/** The name of a member's parameter in an ensemble. */
export const memberName = (member: number, name: string): string => `net${member}.${name}`;

/**
 * An ensemble: as many times the parameters and the work of one net. It has no body, and no other depth.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const four = ensembleOf(model, 4, (outputs) => outputs.reduce((a, b) => add(a, b)));
 * netOf(four, 1, { training: false }).layout.trainable; // 246824
 */
export function ensembleOf(model: Model, members: number, average: Average): Model {
  const { body: _, depth: __, passes: ___, imageWeights: ____, ...rest } = model;
  return {
    ...rest,
    layer: (x, scope) =>
      average(
        Array.from({ length: members }, (_, member) => scope.apply(`net${member}`, model.layer, x)),
      ),
  };
}
