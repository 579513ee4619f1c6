// ResNet-18 for ImageNet (He, Zhang, Ren and Sun 2015, arXiv 1512.03385, table 1), initialised as in
// torchvision. The stem shrinks images four times before the first block: made for 224x224, it also
// takes small ones, but below 64x64 a CIFAR net such as resnet20 sees more of them.

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
import { basicBlock } from "./blocks/basic-block.js";
import type { ModelFamily } from "./model.js";

const init = heNormal("out");

/** Two blocks; where shapes change, the shortcut is a 1x1 convolution (option B). */
function stage(channels: number, strides: number): Layer {
  const shortcut = sequential({
    conv: conv2d(channels, 1, { strides, bias: false, init }),
    bn: batchNorm(),
  });
  return sequential(
    basicBlock(channels, strides === 1 ? { init } : { strides, shortcut, init }),
    basicBlock(channels, { init }),
  );
}

/** 11,689,512 parameters for 1,000 classes. */
export const resnet18: ModelFamily = {
  name: "resnet18",
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
        stage1: stage(64, 1),
        stage2: stage(128, 2),
        stage3: stage(256, 2),
        stage4: stage(512, 2),
      }),
      stages: ["stage1", "stage2", "stage3", "stage4"],
    },
    head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: lecunNormal() }) }),
    // The paper's 0.1 for 256 images a step, scaled to 64.
    defaults: { optimizer: "momentum", lr: 0.025, decay: 1e-4 },
  }),
};
