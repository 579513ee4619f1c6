// Small nets that read a line: what each frame of it shows, from left to right. The plan is that of CRNN (Shi, Bai and
// Yao 2015, "An end-to-end trainable neural network for image-based sequence recognition", arXiv 1507.05717), with
// recurrent layers along the line, or with convolutions in their place, which are cheaper and see far enough for symbols.

import { reshape, transpose } from "../graph/index.js";
import {
  batchNorm,
  conv2d,
  dropout,
  type Layer,
  lstm,
  maxPool,
  relu,
  sequential,
} from "../nn/index.js";
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

const SOURCE = "after Shi et al. 2015, arXiv 1507.05717";

/** Stages that divide the width by 4 and the height by 8. */
const stages = {
  stage1: sequential({ unit: unit(16, [3, 3]), pool: maxPool(2) }),
  stage2: sequential({ unit: unit(32, [3, 3]), pool: maxPool(2) }),
  stage3: sequential({ unit: unit(48, [3, 3]), pool: maxPool([2, 1]) }),
};

/** States of a recurrent layer of both directions, for a line one pixel high. */
const along =
  (units: number): Layer =>
  (x, scope) => {
    const [n, c, , width] = x.shape;
    const steps = transpose(reshape(x, [n, c, width]), [0, 2, 1]);
    const states = lstm(units, { bidirectional: true })(steps, scope);
    return reshape(transpose(states, [0, 2, 1]), [n, 2 * units, 1, width]);
  };

/** A net of the stages and what goes along the line behind them. */
const family = (
  name: string,
  source: string,
  context: Readonly<Record<string, Layer>>,
): ModelFamily => ({
  ...{ name, source, smallest: 8 },
  published: { channels: 1, height: 32, width: 256, outputs: 14 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({ ...stages, columns, ...context }),
      stages: Object.keys(stages),
    },
    head: frames(outputs),
    defaults: { optimizer: "adamw", lr: 0.002, decay: 0.01 },
  }),
});

/** A frame sees 23 pixels to both sides of its own four. */
export const lineS = family("line-s", `${SOURCE}; convolutions in place of recurrent layers`, {
  context1: unit(96, [1, 5]),
  context2: unit(96, [1, 5]),
});

/** Each frame knows of the whole line. */
export const crnnS = family("crnn-s", SOURCE, {
  lstm1: along(64),
  dropout: dropout(0.25),
  lstm2: along(64),
});
