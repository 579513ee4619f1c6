// Cases of the normalisations, of blocks of channels that are full, ragged and alone.

import type { Value } from "../../src/graph/index.js";
import * as g from "../../src/graph/index.js";
import type { Shape } from "../../src/tensor/shape.js";
import { type Case, use } from "./case.js";

const normShapes: readonly Shape[] = [
  [8, 5],
  [4, 16, 3, 3],
  [3, 17, 5, 1],
  [1, 3, 4, 4],
  [2, 1, 3, 3],
];

/** A normalisation, its gradient, and what they are called. */
interface Norm {
  readonly op: "batchNorm" | "groupNorm";
  readonly name: string;
  readonly shape: Shape;
  apply(x: Value, gamma: Value, beta: Value, options: g.NormOptions): readonly Value[];
}

/** With every activation, with and without a residual; the gradient alone for all its outputs. */
const casesOf = ({ op, name, shape, apply }: Norm): Case[] => {
  const channels = { shape: [shape[1]], range: [-4, 5] } as const;
  const operands = [shape, channels, channels];
  return (["none", "relu", "relu6"] as const).flatMap((activation) => [
    use(op, `${name}, ${activation}`, operands, ([x, gamma, beta]) =>
      apply(x, gamma, beta, { activation, eps: 0.01 }),
    ),
    use(
      op,
      `${name}, residual, ${activation}`,
      [...operands, shape],
      ([x, gamma, beta, residual]) => apply(x, gamma, beta, { activation, residual }),
    ),
    use(
      `${op}Grad`,
      `${name}, ${activation}`,
      [...operands, shape],
      ([x, gamma, beta, residual]) => {
        const [y] = apply(x, gamma, beta, { activation, residual });
        const loss = g.reduceSum(g.exp(g.mul(y, g.constant(y.graph, 0.25))));
        return g.gradients(loss, [x, gamma, beta, residual]);
      },
      { differentiable: false },
    ),
  ]);
};

const batchNorms = normShapes.flatMap((shape) =>
  casesOf({ op: "batchNorm", name: `[${shape}]`, shape, apply: g.batchNorm }),
);

/** From statistics that come from elsewhere. */
const batchNormApplies = normShapes.flatMap((shape) =>
  (["none", "relu", "relu6"] as const).flatMap((activation) => {
    const channels = { shape: [shape[1]], range: [-4, 5] } as const;
    const variance = { shape: [shape[1]], range: [0.1, 4] } as const;
    const operands = [shape, channels, channels, channels, variance];
    const attrs = { eps: 0.01, activation };
    return [operands, [...operands, shape]].map((all) =>
      use(
        "batchNormApply",
        `[${shape}], ${all.length} operands, ${activation}`,
        all,
        (values) => [g.batchNormApply(values, attrs)],
        { differentiable: false },
      ),
    );
  }),
);

/** Groups that lie inside a block, fill one, span several, hold one channel or all. */
const groupNormShapes: readonly (readonly [Shape, groups: number])[] = [
  [[3, 6], 2],
  [[2, 16, 3, 3], 4],
  [[2, 32, 5, 4], 2],
  [[3, 40, 3, 3], 5],
  [[2, 48, 2, 3], 2],
  [[2, 17, 5, 4], 1],
  [[1, 5, 4, 5], 5],
  [[2, 24, 1, 1], 3],
];

const groupNorms = groupNormShapes.flatMap(([shape, groups]) =>
  casesOf({
    op: "groupNorm",
    name: `[${shape}] in ${groups} groups`,
    shape,
    apply: (x, gamma, beta, options) => g.groupNorm(x, groups, gamma, beta, options),
  }),
);

export const normCases: readonly Case[] = [...batchNorms, ...batchNormApplies, ...groupNorms];
