// Residual nets as forward-Euler steps of an ordinary differential equation (Haber and Ruthotto 2017, arXiv
// 1705.03341; E 2017, doi 10.1007/s40304-017-0103-z): q <- q + dt F(q), the time of a stage being the same
// whatever the number of its blocks. A net of half the blocks and twice the step is the same equation on a
// coarser grid, which is what multilevel methods need. There is nothing of the batch in them.

import { add, constant, mul } from "../graph/index.js";
import {
  avgPool,
  conv2d,
  flatten,
  globalAvgPool,
  type Layer,
  lecunNormal,
  linear,
  sequential,
  tanh,
} from "../nn/index.js";
import type { Depth, ModelFamily } from "./model.js";

/** Time that a stage covers. */
const TIME = 4;

/** One step of length `dt` along `field`. */
const euler =
  (field: Layer, dt: number): Layer =>
  (x, scope) =>
    add(x, mul(field(x, scope), constant(x.graph, dt)));

/** `blocks` steps, each along a field of its own. */
const stage = (field: Layer, blocks: number): Layer =>
  sequential(...Array.from({ length: blocks }, () => euler(field, TIME / blocks)));

const smoothConv = (channels: number): Layer =>
  sequential({ conv: conv2d(channels, 3, { padding: 1, init: lecunNormal() }), tanh: tanh() });

const smoothLinear = (width: number): Layer =>
  sequential({ linear: linear(width, { init: lecunNormal() }), tanh: tanh() });

/** Channels of the two stages. */
const CHANNELS = [8, 16] as const;

const convolutional = (blocks: number): ModelFamily => ({
  name: `odenet${blocks}`,
  source: "Haber and Ruthotto 2017, arXiv 1705.03341; two narrow stages of Convoy's own",
  smallest: 8,
  published: { channels: 1, height: 28, width: 28, outputs: 10 },
  create({ outputs }) {
    const at = (depth: number) =>
      sequential({
        lift1: smoothConv(CHANNELS[0]),
        pool1: avgPool(2),
        stage1: stage(smoothConv(CHANNELS[0]), depth),
        lift2: smoothConv(CHANNELS[1]),
        pool2: avgPool(2),
        stage2: stage(smoothConv(CHANNELS[1]), depth),
      });
    const depth: Depth = { blocks, stages: ["stage1", "stage2"], at };
    return {
      body: { layer: at(blocks), stages: depth.stages, depth },
      head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: lecunNormal() }) }),
    };
  },
});

/** Width of the dense nets. */
const WIDTH = 10;

const dense = (blocks: number): ModelFamily => ({
  name: `odenet-dense${blocks}`,
  source: "Haber and Ruthotto 2017, arXiv 1705.03341; one narrow stage of Convoy's own",
  smallest: 1,
  published: { channels: 1, height: 4, width: 4, outputs: 10 },
  create({ outputs }) {
    const at = (depth: number) =>
      sequential({
        flatten: flatten(),
        lift: smoothLinear(WIDTH),
        stage: stage(smoothLinear(WIDTH), depth),
      });
    const depth: Depth = { blocks, stages: ["stage"], at };
    return {
      body: { layer: at(blocks), stages: [], depth },
      head: sequential({ fc: linear(outputs, { init: lecunNormal() }) }),
    };
  },
});

/** `odenet8` and `odenet16` for images; `odenet-dense8`, `-dense16` and `-dense32` for rows of numbers. */
export const odenets: readonly ModelFamily[] = [
  ...[4, 8, 16].map(convolutional),
  ...[8, 16, 32].map(dense),
];
