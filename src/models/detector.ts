// A small one-stage detector without anchors. What each cell says is FCOS (Tian, Shen, Chen and He 2019, "FCOS: fully
// convolutional one-stage object detection", arXiv 1904.01355): a logit for each class, the distances to the four sides
// of its box, and how central the cell is in it. Coarse features are added to finer ones as in feature pyramids (Lin et
// al. 2017, arXiv 1612.03144). Narrow, with batch normalisation, and with heads of their own for each of three levels.

import { add, concat, reshape, resize, type Value } from "../graph/index.js";
import {
  batchNorm,
  conv2d,
  fill,
  type Layer,
  normalWith,
  relu,
  type Scope,
  sequential,
} from "../nn/index.js";
import { basicBlock } from "./blocks/basic-block.js";
import { CELL_OUTPUTS, STRIDES } from "./cells.js";
import type { Head, ModelFamily } from "./model.js";

/** Channels of the levels that the head joins. */
const WIDTH = 48;

/** Log of the odds that a cell is first said to hold a class, 1 to 99: most cells hold none. */
const RARE = -Math.log(99);

/** A convolution with batch normalisation and ReLU. */
const unit = (channels: number, kernel: number, strides = 1): Layer =>
  sequential({
    conv: conv2d(channels, kernel, { strides, padding: kernel >> 1, bias: false }),
    bn: batchNorm(),
    relu: relu(),
  });

/** Half as high and wide, then a residual block. */
const stage = (channels: number): Layer =>
  sequential({ down: unit(channels, 3, 2), block: basicBlock(channels) });

const backbone = sequential({
  stem: unit(16, 3, 2),
  stage1: stage(24),
  stage2: stage(48),
  stage3: stage(96),
  stage4: stage(96),
});

/** Stages that the head looks at, one for each level. */
const SOURCES = ["stage2", "stage3", "stage4"] as const;

/** Adds features of the next coarser level, each to the pixels that it lies over. */
const withCoarser =
  (above: Value): Layer =>
  (own) =>
    add(own, resize(above, own.shape.slice(2), "nearest"));

/** Features of the levels, each with what the coarser ones know. */
function pyramid(scope: Scope, stages: ReadonlyMap<string, Value>): Value[] {
  let above: Value | undefined;
  const levels: Value[] = [];
  for (const [at, stride] of [...STRIDES.entries()].reverse()) {
    const own = scope.apply(
      `lateral${stride}`,
      conv2d(WIDTH, 1, { bias: false }),
      stages.get(SOURCES[at])!,
    );
    above = above ? scope.apply(`sum${stride}`, withCoarser(above), own) : own;
    levels.unshift(above);
  }
  return levels.map((level, at) => scope.apply(`level${STRIDES[at]}`, unit(WIDTH, 3), level));
}

/** What the cells of a level say, [n, outputs + CELL_OUTPUTS, cells]. */
function say(scope: Scope, level: Value, stride: number, outputs: number): Value {
  const init = normalWith(0.01);
  const classes = sequential({
    unit: unit(WIDTH, 3),
    conv: conv2d(outputs, 1, { init, biasInit: fill(RARE) }),
  });
  const boxes = sequential({ unit: unit(WIDTH, 3), conv: conv2d(CELL_OUTPUTS, 1, { init }) });
  const said = concat(
    [scope.apply(`classes${stride}`, classes, level), scope.apply(`boxes${stride}`, boxes, level)],
    1,
  );
  return reshape(said, [said.shape[0], said.shape[1], -1]);
}

const cells =
  (outputs: number): Head =>
  (_, scope, stages) =>
    concat(
      pyramid(scope, stages).map((level, at) => say(scope, level, STRIDES[at], outputs)),
      2,
    );

/** Outputs are [n, outputs + 5, cells]. */
export const detectorS: ModelFamily = {
  name: "detector-s",
  source: "after Tian et al. 2019, arXiv 1904.01355; narrow, with batch normalisation",
  smallest: 32,
  published: { channels: 3, height: 320, width: 320, outputs: 3 },
  create: ({ outputs }) => ({
    body: { layer: backbone, stages: ["stage1", ...SOURCES] },
    head: cells(outputs),
    defaults: { optimizer: "adamw", lr: 0.002, decay: 0.01 },
  }),
};
