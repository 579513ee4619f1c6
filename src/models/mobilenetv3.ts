// MobileNetV3-Small (Howard, Sandler, Chu, Chen, Chen, Tan, Wang, Zhu, Pang, Vasudevan, Le and Adam 2019, arXiv
// 1905.02244, table 2), initialised as in torchvision. Batch normalisation adds 1e-5 to the variance, as everywhere here;
// the paper's own program added 1e-3.

import {
  dropout,
  globalAvgPool,
  hardSigmoid,
  hardSwish,
  linear,
  normalWith,
  relu,
  sequential,
} from "../nn/index.js";
import {
  convolution,
  type InvertedBlock,
  invertedResiduals,
  lastOfSizes,
  roundChannels,
} from "./blocks/inverted-residual.js";
import { squeezeExcite } from "./blocks/squeeze-excite.js";
import type { ModelFamily } from "./model.js";

/** A row of table 2: kernel, channels inside and behind, with squeeze-and-excitation, activation, stride. */
type Row = readonly [number, number, number, boolean, () => ReturnType<typeof relu>, number];

/** Table 2. */
const rows: readonly Row[] = [
  [3, 16, 16, true, relu, 2],
  [3, 72, 24, false, relu, 2],
  [3, 88, 24, false, relu, 1],
  [5, 96, 40, true, hardSwish, 2],
  [5, 240, 40, true, hardSwish, 1],
  [5, 240, 40, true, hardSwish, 1],
  [5, 120, 48, true, hardSwish, 1],
  [5, 144, 48, true, hardSwish, 1],
  [5, 288, 96, true, hardSwish, 2],
  [5, 576, 96, true, hardSwish, 1],
  [5, 576, 96, true, hardSwish, 1],
];

const STEM = 16;

/** A quarter of the channels inside, rounded, is what is squeezed to. */
const squeeze = (hidden: number) =>
  squeezeExcite({ units: roundChannels(hidden / 4), activation: relu, gate: hardSigmoid });

const blocks: readonly InvertedBlock[] = rows.map(
  ([kernel, hidden, channels, squeezes, activation, strides]) => ({
    ...{ kernel, hidden, channels, activation, strides },
    ...(squeezes && { squeeze: squeeze(hidden) }),
  }),
);

/** 2,542,856 parameters for 1,000 classes. */
export const mobilenetv3Small: ModelFamily = {
  name: "mobilenetv3-small",
  source: "Howard et al. 2019, arXiv 1905.02244, table 2",
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        stem: convolution(STEM, 3, { strides: 2, activation: hardSwish }),
        blocks: invertedResiduals(STEM, blocks),
        head: convolution(576, 1, { activation: hardSwish }),
      }),
      stages: lastOfSizes(blocks).map((block) => `blocks.${block}`),
    },
    head: sequential({
      pool: globalAvgPool(),
      hidden: linear(1024, { init: normalWith(0.01) }),
      activation: hardSwish(),
      dropout: dropout(0.2),
      fc: linear(outputs, { init: normalWith(0.01) }),
    }),
    defaults: { optimizer: "momentum", lr: 0.05, decay: 1e-5 },
  }),
};
