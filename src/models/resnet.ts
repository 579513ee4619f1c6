// The residual nets for ImageNet (He, Zhang, Ren and Sun 2015, arXiv 1512.03385, table 1), initialised as in
// torchvision. Bottlenecks shrink images in their 3x3 convolution, as torchvision and timm have it ("v1.5"), not in
// the first one. The stem shrinks images four times before the first block: made for 224x224, they also take small
// ones, but below 64x64 a CIFAR net such as resnet20 sees more of them.

import {
  batchNorm,
  conv2d,
  globalAvgPool,
  heNormal,
  type Layer,
  lecunNormal,
  linear,
  maxPool,
  relu,
  sequential,
} from "../nn/index.js";
import { type BasicBlockOptions, basicBlock } from "./blocks/basic-block.js";
import { bottleneck } from "./blocks/bottleneck.js";
import type { ModelFamily } from "./model.js";

/** A column of table 1. */
export interface ResnetColumn {
  readonly name: string;
  /** Of each of the four stages. */
  readonly blocks: readonly [number, number, number, number];
  /** Blocks of three convolutions, 1x1, 3x3 and 1x1, which give four times as many channels. */
  readonly bottleneck: boolean;
}

/** ResNet-18 and ResNet-50. */
export const resnetColumns: readonly ResnetColumn[] = [
  { name: "resnet18", blocks: [2, 2, 2, 2], bottleneck: false },
  { name: "resnet50", blocks: [3, 4, 6, 3], bottleneck: true },
];

const init = heNormal("out");

/** Channels inside the blocks of each stage. */
const WIDTHS = [64, 128, 256, 512];

/** Channels of a bottleneck by those inside it. */
const WIDENING = 4;

/** A block of a stage by the channels inside. */
type MakeBlock = (width: number, options: BasicBlockOptions) => Layer;

/** The first block's shortcut is a 1x1 convolution where shapes change (option B). */
function stage(make: MakeBlock, width: number, blocks: number, first: BasicBlockOptions): Layer {
  const others = Array.from({ length: blocks - 1 }, () => make(width, { init }));
  return sequential(make(width, first), ...others);
}

function stages({ blocks, bottleneck: deep }: ResnetColumn): Record<string, Layer> {
  const shortcut = (channels: number, strides: number) =>
    sequential({ conv: conv2d(channels, 1, { strides, bias: false, init }), bn: batchNorm() });
  const widening = deep ? WIDENING : 1;
  const make: MakeBlock = deep
    ? (width, options) => bottleneck(width, WIDENING * width, options)
    : basicBlock;
  return Object.fromEntries(
    WIDTHS.map((width, at) => {
      const strides = at === 0 ? 1 : 2;
      const changes = deep || strides === 2;
      const around = changes ? { strides, shortcut: shortcut(widening * width, strides) } : {};
      return [`stage${at + 1}`, stage(make, width, blocks[at], { ...around, init })];
    }),
  );
}

const resnet = (column: ResnetColumn): ModelFamily => ({
  name: column.name,
  source: "He et al. 2015, arXiv 1512.03385",
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        conv: conv2d(64, 7, { strides: 2, padding: 3, bias: false, init }),
        bn: batchNorm(),
        relu: relu(),
        maxPool: maxPool(3, { strides: 2, padding: 1 }),
        ...stages(column),
      }),
      stages: WIDTHS.map((_, at) => `stage${at + 1}`),
    },
    head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: lecunNormal() }) }),
    // The paper's 0.1 for 256 images a step, scaled to 64.
    defaults: { optimizer: "momentum", lr: 0.025, decay: 1e-4 },
  }),
});

/** 11,689,512 and 25,557,032 parameters for 1,000 classes. */
export const [resnet18, resnet50] = resnetColumns.map(resnet);
