// EfficientNet-B0 (Tan and Le 2019, arXiv 1905.11946, table 1), and Lite0, as its authors published it for small devices
// (github.com/tensorflow/tpu, efficientnet/lite, 2020): without squeeze-and-excitation, and with ReLU6 in place of
// Swish. Stochastic depth is left out.

import {
  dropout,
  globalAvgPool,
  type Layer,
  linear,
  normalWith,
  relu6,
  sequential,
  sigmoid,
  silu,
} from "../nn/index.js";
import {
  blocksOf,
  convolution,
  type InvertedBlock,
  type InvertedStage,
  invertedResiduals,
  lastOfSizes,
} from "./blocks/inverted-residual.js";
import { squeezeExcite } from "./blocks/squeeze-excite.js";
import type { ModelFamily } from "./model.js";

/** Table 1 of the paper. */
const stages: readonly InvertedStage[] = [
  { expansion: 1, channels: 16, blocks: 1, strides: 1, kernel: 3 },
  { expansion: 6, channels: 24, blocks: 2, strides: 2, kernel: 3 },
  { expansion: 6, channels: 40, blocks: 2, strides: 2, kernel: 5 },
  { expansion: 6, channels: 80, blocks: 3, strides: 2, kernel: 3 },
  { expansion: 6, channels: 112, blocks: 3, strides: 1, kernel: 5 },
  { expansion: 6, channels: 192, blocks: 4, strides: 2, kernel: 5 },
  { expansion: 6, channels: 320, blocks: 1, strides: 1, kernel: 3 },
];

const STEM = 32;

/** What tells the two nets apart. */
interface Kind extends Pick<ModelFamily, "name" | "source"> {
  readonly activation: () => Layer;
  /** The channels that come into a block, divided by this, are those of its squeeze-and-excitation; none without. */
  readonly squeezes?: number;
}

/** The blocks with what stands inside them. */
const complete = (
  blocks: readonly InvertedBlock[],
  { activation, squeezes }: Kind,
): InvertedBlock[] =>
  blocks.map((block, at) => {
    if (squeezes === undefined) return { ...block, activation };
    const inputs = at === 0 ? STEM : blocks[at - 1].channels;
    const units = Math.max(1, Math.floor(inputs / squeezes));
    const squeeze = squeezeExcite({ units, activation, gate: sigmoid });
    return { ...block, activation, squeeze };
  });

const efficientnet = (kind: Kind): ModelFamily => ({
  name: kind.name,
  source: kind.source,
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create({ outputs }) {
    const { activation } = kind;
    const blocks = complete(blocksOf(STEM, stages), kind);
    return {
      body: {
        layer: sequential({
          stem: convolution(STEM, 3, { strides: 2, activation }),
          blocks: invertedResiduals(STEM, blocks),
          head: convolution(1280, 1, { activation }),
        }),
        stages: lastOfSizes(blocks).map((block) => `blocks.${block}`),
      },
      head: sequential({
        pool: globalAvgPool(),
        dropout: dropout(0.2),
        fc: linear(outputs, { init: normalWith(0.01) }),
      }),
      defaults: { optimizer: "momentum", lr: 0.05, decay: 1e-5 },
    };
  },
});

/** 5,288,548 parameters for 1,000 classes. */
export const efficientnetB0 = efficientnet({
  name: "efficientnet-b0",
  source: "Tan and Le 2019, arXiv 1905.11946",
  activation: silu,
  squeezes: 4,
});

/** 4,652,008 parameters for 1,000 classes. */
export const efficientnetLite0 = efficientnet({
  name: "efficientnet-lite0",
  source: "Tan and Le 2019, arXiv 1905.11946; lite: without squeeze-and-excitation, ReLU6",
  activation: relu6,
});
