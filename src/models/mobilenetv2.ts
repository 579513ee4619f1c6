// MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov and Chen 2018, arXiv 1801.04381, table 2). A width
// multiplier stands in the name (`mobilenetv2-0.5`). The published net is for 224x224 and shrinks
// images 32 times. `-same` pads as TensorFlow does, at the bottom and right alone where it halves images of even
// size: what weights from there need.

import {
  dropout,
  globalAvgPool,
  type LayerPadding,
  linear,
  normalWith,
  sequential,
} from "../nn/index.js";
import {
  blocksOf,
  convolution,
  type InvertedStage,
  invertedResiduals,
  lastOfSizes,
  roundChannels,
} from "./blocks/inverted-residual.js";
import type { ModelFamily } from "./model.js";

/** Table 2. */
const stages: readonly InvertedStage[] = [
  { expansion: 1, channels: 16, blocks: 1, strides: 1 },
  { expansion: 6, channels: 24, blocks: 2, strides: 2 },
  { expansion: 6, channels: 32, blocks: 3, strides: 2 },
  { expansion: 6, channels: 64, blocks: 4, strides: 2 },
  { expansion: 6, channels: 96, blocks: 3, strides: 1 },
  { expansion: 6, channels: 160, blocks: 3, strides: 2 },
  { expansion: 6, channels: 320, blocks: 1, strides: 1 },
];

/** Blocks of each row of table 2. */
export const mobilenetv2Blocks: readonly number[] = stages.map(({ blocks }) => blocks);

const mobilenet = (name: string, width: number, padding?: LayerPadding): ModelFamily => ({
  name,
  source: "Sandler et al. 2018, arXiv 1801.04381",
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create({ outputs }) {
    const stem = roundChannels(32 * width);
    const scaled = stages.map((stage) => ({
      ...stage,
      channels: roundChannels(stage.channels * width),
    }));
    const blocks = blocksOf(stem, scaled).map((block) => ({ ...block, padding }));
    return {
      body: {
        layer: sequential({
          stem: convolution(stem, 3, { strides: 2, padding }),
          blocks: invertedResiduals(stem, blocks),
          head: convolution(roundChannels(1280 * Math.max(1, width)), 1),
        }),
        stages: lastOfSizes(blocks).map((block) => `blocks.${block}`),
      },
      head: sequential({
        pool: globalAvgPool(),
        dropout: dropout(0.2),
        fc: linear(outputs, { init: normalWith(0.01) }),
      }),
      defaults: { optimizer: "momentum", lr: 0.05, decay: 4e-5 },
    };
  },
});

/** Widths 1 (3,504,872 parameters for 1,000 classes), 0.75, 0.5 and 0.35. */
export const mobilenets: readonly ModelFamily[] = [1, 0.75, 0.5, 0.35].map((width) =>
  mobilenet(width === 1 ? "mobilenetv2" : `mobilenetv2-${width}`, width),
);

/** Width 1 as TensorFlow pads. */
export const mobilenetv2Same = mobilenet("mobilenetv2-same", 1, "same");
