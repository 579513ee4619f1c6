// EfficientNet-Lite0: EfficientNet-B0 (Tan and Le 2019, arXiv 1905.11946, table 1) as its authors
// published it for small devices (github.com/tensorflow/tpu, efficientnet/lite, 2020): without
// squeeze-and-excitation, and with ReLU6 in place of Swish. Stochastic depth is left out.

import { dropout, globalAvgPool, linear, normalWith, sequential } from "../nn/index.js";
import {
  convolution,
  type InvertedStage,
  invertedResiduals,
  lastOfSizes,
} from "./blocks/inverted-residual.js";
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

/** 4,652,008 parameters for 1,000 classes. */
export const efficientnetLite0: ModelFamily = {
  name: "efficientnet-lite0",
  source: "Tan and Le 2019, arXiv 1905.11946; lite: without squeeze-and-excitation, ReLU6",
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        stem: convolution(STEM, 3, { strides: 2 }),
        blocks: invertedResiduals(STEM, stages),
        head: convolution(1280, 1),
      }),
      stages: lastOfSizes(stages).map((block) => `blocks.${block}`),
    },
    head: sequential({
      pool: globalAvgPool(),
      dropout: dropout(0.2),
      fc: linear(outputs, { init: normalWith(0.01) }),
    }),
    defaults: { optimizer: "momentum", lr: 0.05, decay: 1e-5 },
  }),
};
