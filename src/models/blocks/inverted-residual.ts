// The inverted residual with a linear bottleneck (Sandler et al. 2018, arXiv 1801.04381, section 3.3):
// wide inside, narrow outside, and a depthwise convolution between. Initialised as in torchvision.

import {
  batchNorm,
  conv2d,
  heNormal,
  type Layer,
  type LayerPadding,
  relu6,
  residual,
  sequential,
} from "../../nn/index.js";

/** One block. */
export interface InvertedBlock {
  /** Channels inside; as many as come in: it does not expand. */
  readonly hidden: number;
  /** Output channels. */
  readonly channels: number;
  readonly strides: number;
  /** Side of the depthwise kernel; default 3. */
  readonly kernel?: number;
  /** Of the two inner convolutions; default ReLU6. */
  readonly activation?: () => Layer;
  /** Stands behind the depthwise convolution: squeeze-and-excitation; default none. */
  readonly squeeze?: Layer;
  /** Of the depthwise convolution; default as much on every side. */
  readonly padding?: LayerPadding;
}

/** A row of a paper's table: blocks that differ in the stride of the first one only. */
export interface InvertedStage extends Pick<InvertedBlock, "channels" | "strides" | "kernel"> {
  /** Channels inside by channels in front. */
  readonly expansion: number;
  readonly blocks: number;
}

interface ConvOptions {
  readonly strides?: number;
  readonly groups?: number;
  /** Default as much on every side. */
  readonly padding?: LayerPadding;
  /** Default ReLU6. */
  readonly activation?: () => Layer;
}

const normalised = (
  channels: number,
  kernel: number,
  { padding = (kernel - 1) / 2, ...options }: Omit<ConvOptions, "activation">,
) => ({
  conv: conv2d(channels, kernel, {
    ...options,
    padding,
    bias: false,
    init: heNormal("out"),
  }),
  bn: batchNorm(),
});

/** Convolution, batch normalisation and activation. */
export const convolution = (
  channels: number,
  kernel: number,
  { activation = relu6, ...options }: ConvOptions = {},
): Layer => sequential({ ...normalised(channels, kernel, options), relu: activation() });

/** 1x1 expansion, depthwise, linear 1x1 projection; a shortcut around it where shapes allow. */
function block(inputs: number, spec: InvertedBlock): Layer {
  const { hidden, channels, strides, kernel = 3, activation, squeeze, padding } = spec;
  const body = sequential({
    ...(hidden === inputs ? {} : { expand: convolution(hidden, 1, { activation }) }),
    depthwise: convolution(hidden, kernel, { strides, groups: hidden, activation, padding }),
    ...(squeeze && { squeeze }),
    project: sequential(normalised(channels, 1, {})),
  });
  return strides === 1 && inputs === channels ? residual(body) : body;
}

/** Blocks one after the other on `inputs` channels. */
export function invertedResiduals(inputs: number, blocks: readonly InvertedBlock[]): Layer {
  return sequential(
    ...blocks.map((spec, at) => block(at === 0 ? inputs : blocks[at - 1].channels, spec)),
  );
}

/** The blocks of a table on `inputs` channels. */
export function blocksOf(inputs: number, stages: readonly InvertedStage[]): InvertedBlock[] {
  let before = inputs;
  return stages.flatMap(({ expansion, channels, blocks, strides, kernel }) =>
    Array.from({ length: blocks }, (_, at) => {
      const hidden = before * expansion;
      before = channels;
      return { hidden, channels, strides: at === 0 ? strides : 1, kernel };
    }),
  );
}

/** The last block in front of each one that halves images, and the last of all. */
export const lastOfSizes = (blocks: readonly InvertedBlock[]): number[] =>
  blocks.flatMap((_, at) => (blocks[at + 1]?.strides === 1 ? [] : [at]));

/** The multiple of 8 nearest to a number of channels, but not below nine tenths of it. */
export function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
