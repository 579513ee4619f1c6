// ConvNeXt (Liu, Mao, Wu, Feichtenhofer, Darrell and Xie 2022, arXiv 2201.03545): residual blocks of a 7x7 depthwise
// convolution and two 1x1 ones, with layer normalisation over the channels and GELU. Tiny is the paper's, Atto timm's
// (github.com/huggingface/pytorch-image-models, 2022). Stochastic depth is left out.

import {
  conv2d,
  gelu,
  globalAvgPool,
  type Layer,
  layerNorm,
  linear,
  normalWith,
  residual,
  sequential,
} from "../nn/index.js";
import { channelScale } from "./blocks/channel-scale.js";
import type { ModelFamily } from "./model.js";

/** Blocks and channels of the four stages. */
export interface ConvnextSize {
  readonly name: string;
  readonly source: string;
  readonly blocks: readonly [number, number, number, number];
  readonly channels: readonly [number, number, number, number];
}

/** Tiny and Atto. */
export const convnextSizes: readonly ConvnextSize[] = [
  {
    name: "convnext-tiny",
    source: "Liu et al. 2022, arXiv 2201.03545",
    blocks: [3, 3, 9, 3],
    channels: [96, 192, 384, 768],
  },
  {
    name: "convnext-atto",
    source: "Liu et al. 2022, arXiv 2201.03545; size of timm",
    blocks: [2, 2, 6, 2],
    channels: [40, 80, 160, 320],
  },
];

const init = normalWith(0.02);
const norm = () => layerNorm({ eps: 1e-6 });
const convolution = (channels: number, kernel: number, strides = 1) =>
  conv2d(channels, kernel, { strides, init });

/** Section 2: wide inside as an inverted residual, with the depthwise convolution in front. */
const block = (channels: number): Layer =>
  residual(
    sequential({
      depthwise: conv2d(channels, 7, { padding: 3, groups: channels, init }),
      norm: norm(),
      expand: convolution(4 * channels, 1),
      gelu: gelu(),
      project: convolution(channels, 1),
      gamma: channelScale(1e-6),
    }),
  );

/** Stages with what halves images in front of all but the first. */
const stages = ({ blocks, channels }: ConvnextSize): Record<string, Layer> =>
  Object.fromEntries(
    channels.flatMap((width, at) => {
      const own = Array.from({ length: blocks[at] }, () => block(width));
      const stage = [`stage${at + 1}`, sequential(...own)] as const;
      if (at === 0) return [stage];
      const halve = sequential({ norm: norm(), conv: convolution(width, 2, 2) });
      return [[`down${at + 1}`, halve] as const, stage];
    }),
  );

const convnext = (size: ConvnextSize): ModelFamily => ({
  name: size.name,
  source: size.source,
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        stem: sequential({ conv: convolution(size.channels[0], 4, 4), norm: norm() }),
        ...stages(size),
      }),
      stages: size.blocks.map((_, at) => `stage${at + 1}`),
    },
    head: sequential({ pool: globalAvgPool(), norm: norm(), fc: linear(outputs, { init }) }),
    // The paper's 0.004 for 4,096 images a step, scaled to 64 by the square root.
    defaults: { optimizer: "adamw", lr: 5e-4, decay: 0.05 },
  }),
});

/** 28,589,128 parameters (Tiny) and 3,695,520 (Atto) for 1,000 classes. */
export const convnexts: readonly ModelFamily[] = convnextSizes.map(convnext);
