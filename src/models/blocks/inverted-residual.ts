// The inverted residual with a linear bottleneck (Sandler et al. 2018, arXiv 1801.04381, section 3.3):
// wide inside, narrow outside, and a depthwise convolution between. Initialised as in torchvision.

import {
  batchNorm,
  conv2d,
  heNormal,
  type Layer,
  relu6,
  residual,
  sequential,
} from "../../nn/index.js";

/** A row of a paper's table: blocks that differ in the stride of the first one only. */
export interface InvertedStage {
  /** Channels inside by channels in front. */
  readonly expansion: number;
  /** Output channels. */
  readonly channels: number;
  readonly blocks: number;
  /** Of the first block. */
  readonly strides: number;
  /** Side of the depthwise kernel; default 3. */
  readonly kernel?: number;
}

interface ConvOptions {
  readonly strides?: number;
  readonly groups?: number;
}

const normalised = (channels: number, kernel: number, options: ConvOptions) => ({
  conv: conv2d(channels, kernel, {
    ...options,
    padding: (kernel - 1) / 2,
    bias: false,
    init: heNormal("out"),
  }),
  bn: batchNorm(),
});

/** Convolution, batch normalisation and ReLU6. */
export const convolution = (channels: number, kernel: number, options: ConvOptions = {}): Layer =>
  sequential({ ...normalised(channels, kernel, options), relu: relu6() });

/** 1x1 expansion, depthwise, linear 1x1 projection; a shortcut around it where shapes allow. */
function block(inputs: number, stage: InvertedStage, strides: number): Layer {
  const { expansion, channels, kernel = 3 } = stage;
  const hidden = inputs * expansion;
  const inner = {
    depthwise: convolution(hidden, kernel, { strides, groups: hidden }),
    project: sequential(normalised(channels, 1, {})),
  };
  const body = sequential(expansion === 1 ? inner : { expand: convolution(hidden, 1), ...inner });
  return strides === 1 && inputs === channels ? residual(body) : body;
}

/** All blocks of a table, one after the other, on `inputs` channels. */
export function invertedResiduals(inputs: number, stages: readonly InvertedStage[]): Layer {
  const layers: Layer[] = [];
  let before = inputs;
  for (const stage of stages) {
    for (let at = 0; at < stage.blocks; at++) {
      layers.push(block(before, stage, at === 0 ? stage.strides : 1));
      before = stage.channels;
    }
  }
  return sequential(...layers);
}

/** The last block in front of each one that halves images, and the last of all, counted as in {@link invertedResiduals}. */
export function lastOfSizes(stages: readonly InvertedStage[]): number[] {
  const strides = stages.flatMap(({ blocks, strides: first }) =>
    Array.from({ length: blocks }, (_, at) => (at === 0 ? first : 1)),
  );
  return strides.flatMap((_, at) => (strides[at + 1] === 1 ? [] : [at]));
}
