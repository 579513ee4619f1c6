// A small ConvNet with group normalisation (Wu and He 2018, arXiv 1803.08494): no statistics of the
// batch, so averages of such nets need no re-estimation. Convoy's own, for images of 28x28 to 32x32.

import {
  conv2d,
  globalAvgPool,
  groupNorm,
  type Layer,
  lecunNormal,
  linear,
  maxPool,
  relu,
  sequential,
} from "../nn/index.js";
import type { ModelFamily } from "./model.js";

const GROUPS = 8;

const block = (channels: number): Layer =>
  sequential({
    conv: conv2d(channels, 3, { padding: 1, bias: false }),
    norm: groupNorm(GROUPS),
    relu: relu(),
  });

/** 56,554 parameters for grey images and 10 classes. */
export const convnetGn: ModelFamily = {
  name: "convnet-gn",
  source: "Convoy's own; group normalisation: Wu and He 2018, arXiv 1803.08494",
  smallest: 8,
  published: { channels: 1, height: 28, width: 28, outputs: 10 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        block1: block(32),
        pool1: maxPool(2),
        block2: block(64),
        pool2: maxPool(2),
        block3: block(64),
      }),
      stages: ["block1", "block2", "block3"],
    },
    head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: lecunNormal() }) }),
  }),
};
