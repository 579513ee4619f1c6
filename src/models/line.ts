// A small net that reads a line: what each frame of it shows, from left to right. The plan is that of CRNN (Shi, Bai and
// Yao 2015, "An end-to-end trainable neural network for image-based sequence recognition", arXiv 1507.05717), with
// convolutions along the line in place of recurrent layers, which are cheaper and see far enough for symbols.

import { reshape } from "../graph/index.js";
import { batchNorm, conv2d, type Layer, maxPool, relu, sequential } from "../nn/index.js";
import { FRAME_OUTPUTS } from "./frames.js";
import type { Head, ModelFamily } from "./model.js";

const unit = (channels: number, kernel: [number, number]): Layer =>
  sequential({
    conv: conv2d(channels, kernel, { padding: "same", bias: false }),
    bn: batchNorm(),
    relu: relu(),
  });

/** Columns of pixels as the channels of a line one pixel high. */
const columns: Layer = (x) => {
  const [n, c, height, width] = x.shape;
  return reshape(x, [n, c * height, 1, width]);
};

/** A frame's outputs: the tokens and nothing. */
const frames =
  (outputs: number): Head =>
  (features, scope) => {
    const said = scope.apply("fc", conv2d(outputs + FRAME_OUTPUTS, 1), features);
    return reshape(said, [said.shape[0], said.shape[1], said.shape[3]]);
  };

/** Width is divided by 4, height by 8; a frame sees about 60 pixels to both sides. */
export const lineS: ModelFamily = {
  name: "line-s",
  source: "after Shi et al. 2015, arXiv 1507.05717; convolutions in place of recurrent layers",
  smallest: 8,
  published: { channels: 1, height: 32, width: 256, outputs: 14 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        stage1: sequential({ unit: unit(16, [3, 3]), pool: maxPool(2) }),
        stage2: sequential({ unit: unit(32, [3, 3]), pool: maxPool(2) }),
        stage3: sequential({ unit: unit(48, [3, 3]), pool: maxPool([2, 1]) }),
        columns,
        context1: unit(96, [1, 5]),
        context2: unit(96, [1, 5]),
      }),
      stages: ["stage1", "stage2", "stage3"],
    },
    head: frames(outputs),
    defaults: { optimizer: "adamw", lr: 0.002, decay: 0.01 },
  }),
};
