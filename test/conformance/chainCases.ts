// Steps along the batch that an engine may take over a few images at a time, one after the other: batches that
// fall into even and uneven parts, and images whose tiles do and do not fill whole groups.

import type { Value } from "../../src/graph/index.js";
import * as g from "../../src/graph/index.js";
import type { Case } from "./case.js";

const CHANNELS = 16;

/** Two convolutions with batch norm, the second one with what the first one took as its residual. */
function block([x, first, second, gamma, beta]: readonly Value[]): Value {
  const norm = (images: Value, residual?: Value) =>
    g.batchNorm(images, gamma, beta, { residual, activation: "relu" })[0];
  const inside = norm(g.conv2d(x, first, { padding: 1 }));
  return norm(g.conv2d(inside, second, { padding: 1 }), x);
}

/** The same with the norm in front, as one image of it goes two ways. */
function before([x, first, second, gamma, beta]: readonly Value[]): Value {
  const [normed] = g.batchNorm(x, gamma, beta, { activation: "relu6" });
  return g.add(g.conv2d(normed, first, { padding: 1 }), g.conv2d(normed, second, { padding: 1 }));
}

const sizes = [
  [8, 8, 8],
  [16, 4, 12],
  [19, 9, 7],
] as const;

export const chainCases: readonly Case[] = sizes.flatMap((size) =>
  [block, before].map((build) => ({
    op: "batchNorm",
    name: `${build.name} of 3x3 convolutions, ${size.join(" x ")}`,
    operands: [
      { shape: [size[0], CHANNELS, size[1], size[2]], range: [-1, 1] },
      { shape: [CHANNELS, CHANNELS, 3, 3], range: [-0.2, 0.3] },
      { shape: [CHANNELS, CHANNELS, 3, 3], range: [-0.3, 0.2] },
      { shape: [CHANNELS], range: [0.5, 1.5] },
      { shape: [CHANNELS], range: [-0.5, 0.5] },
    ] as const,
    build,
  })),
);
