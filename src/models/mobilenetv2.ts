// MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov and Chen 2018, arXiv 1801.04381, table 2): inverted
// residuals with linear bottlenecks. A width multiplier stands in the name (`mobilenetv2-0.5`).
// Initialised as in torchvision. The published net is for 224x224 and shrinks pictures 32 times.

import {
  batchNorm,
  conv2d,
  dropout,
  globalAvgPool,
  heNormal,
  type Layer,
  linear,
  normalWith,
  relu6,
  residual,
  sequential,
} from "../nn/index.js";
import type { ModelFamily } from "./model.js";

/** Table 2: expansion, output channels, blocks, stride of the first block. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The multiple of 8 nearest to a number of channels, but not below nine tenths of it. */
function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

interface ConvOptions {
  readonly strides?: number;
  readonly groups?: number;
}

/** Convolution, batch normalisation and, unless linear, ReLU6. */
function convolution(channels: number, kernel: number, options: ConvOptions, linear = false) {
  const padding = (kernel - 1) / 2;
  const named = {
    conv: conv2d(channels, kernel, { ...options, padding, bias: false, init: heNormal("out") }),
    bn: batchNorm(),
  };
  return sequential(linear ? named : { ...named, relu: relu6() });
}

/** 1x1 expansion, 3x3 depthwise, linear 1x1 projection; a shortcut around it where shapes allow. */
function bottleneck(inputs: number, outputs: number, expansion: number, strides: number): Layer {
  const hidden = inputs * expansion;
  const inner = {
    depthwise: convolution(hidden, 3, { strides, groups: hidden }),
    project: convolution(outputs, 1, {}, true),
  };
  const body = sequential(
    expansion === 1 ? inner : { expand: convolution(hidden, 1, {}), ...inner },
  );
  return strides === 1 && inputs === outputs ? residual(body) : body;
}

function bottlenecks(width: number, inputs: number): Layer {
  const blocks: Layer[] = [];
  for (const [expansion, channels, count, strides] of stages) {
    const outputs = roundChannels(channels * width);
    for (let at = 0; at < count; at++) {
      blocks.push(bottleneck(inputs, outputs, expansion, at === 0 ? strides : 1));
      inputs = outputs;
    }
  }
  return sequential(...blocks);
}

const mobilenet = (width: number): ModelFamily => ({
  name: width === 1 ? "mobilenetv2" : `mobilenetv2-${width}`,
  source: "Sandler et al. 2018, arXiv 1801.04381",
  smallest: 32,
  create({ classes }) {
    const stem = roundChannels(32 * width);
    return {
      layer: sequential({
        stem: convolution(stem, 3, { strides: 2 }),
        blocks: bottlenecks(width, stem),
        head: convolution(roundChannels(1280 * Math.max(1, width)), 1, {}),
        pool: globalAvgPool(),
        dropout: dropout(0.2),
        fc: linear(classes, { init: normalWith(0.01) }),
      }),
      defaults: { optimizer: "momentum", lr: 0.05, decay: 4e-5 },
    };
  },
});

/** Widths 1 (3,504,872 parameters for 1,000 classes), 0.75, 0.5 and 0.35. */
export const mobilenets: readonly ModelFamily[] = [1, 0.75, 0.5, 0.35].map(mobilenet);
