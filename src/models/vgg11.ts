// VGG-11 (Simonyan and Zisserman 2014, arXiv 1409.1556, configuration A), as published and with batch
// normalisation, initialised as in torchvision. From 224x224 on it has the published head of 4,096
// units; smaller images get global pooling and 512 units, as is usual for CIFAR, since the full
// head would hold nine tenths of the parameters. `-full` has the published head for images of every
// size, whose features are brought to 7x7 as in torchvision: what pretrained weights need.

import {
  adaptiveAvgPool,
  batchNorm,
  conv2d,
  dropout,
  flatten,
  globalAvgPool,
  heNormal,
  type Layer,
  linear,
  maxPool,
  normalWith,
  relu,
  sequential,
} from "../nn/index.js";
import type { Body, ModelFamily } from "./model.js";

/** Output channels of the convolutions, stage by stage; a 2x2 max pooling ends each. */
const stages = [[64], [128], [256, 256], [512, 512], [512, 512]];

const FULL_SIZE = 224;

/** Its stages are what comes out of each pooling. */
function features(normalised: boolean): Body {
  const init = heNormal("out");
  const convolution = (channels: number): Layer[] => [
    conv2d(channels, 3, { padding: 1, init }),
    ...(normalised ? [batchNorm()] : []),
    relu(),
  ];
  const layers = stages.map((stage) => [...stage.flatMap(convolution), maxPool(2)]);
  const ends = layers.map((_, at) => layers.slice(0, at + 1).flat().length - 1);
  return {
    layer: sequential({ features: sequential(...layers.flat()) }),
    stages: ends.map((end) => `features.${end}`),
  };
}

function classifier(units: number, outputs: number): Layer {
  const init = normalWith(0.01);
  return sequential(
    linear(units, { init }),
    relu(),
    dropout(0.5),
    linear(units, { init }),
    relu(),
    dropout(0.5),
    linear(outputs, { init }),
  );
}

/** Side of the features that the published head looks at. */
const FULL_FEATURES = 7;

/** The published head on features of every size. */
const fullHead = (outputs: number): Layer =>
  sequential({
    resize: adaptiveAvgPool(FULL_FEATURES),
    pool: flatten(),
    classifier: classifier(4096, outputs),
  });

const smallHead = (outputs: number): Layer =>
  sequential({ pool: globalAvgPool(), classifier: classifier(512, outputs) });

const vgg = (name: string, normalised: boolean, fullFrom: number): ModelFamily => ({
  name,
  source: "Simonyan and Zisserman 2014, arXiv 1409.1556, configuration A",
  smallest: 32,
  published: { channels: 3, height: FULL_SIZE, width: FULL_SIZE, outputs: 1000 },
  create: ({ height, width, outputs }) => ({
    body: features(normalised),
    head: Math.min(height, width) >= fullFrom ? fullHead(outputs) : smallHead(outputs),
    defaults: { optimizer: "momentum", lr: 0.01, decay: 5e-4 },
  }),
});

/** 132,863,336 parameters at 224x224 and 1,000 classes. */
export const vgg11 = vgg("vgg11", false, FULL_SIZE);

/** 132,868,840 parameters at 224x224 and 1,000 classes. */
export const vgg11bn = vgg("vgg11-bn", true, FULL_SIZE);

/** As many parameters as at 224x224 at every size. */
export const fullVggs: readonly ModelFamily[] = [
  vgg("vgg11-full", false, 0),
  vgg("vgg11-bn-full", true, 0),
];
