// The residual block of a 1x1, a 3x3 and a 1x1 convolution (He et al. 2015, arXiv 1512.03385, figure 5 right).

import {
  batchNorm,
  conv2d,
  heNormal,
  type Layer,
  relu,
  residual,
  sequential,
} from "../../nn/index.js";
import type { BasicBlockOptions } from "./basic-block.js";

/**
 * relu(shortcut(x) + body(x)) with three convolutions, each with batch normalisation.
 *
 * @param width channels of the first two convolutions
 * @param channels those of the last one
 */
export function bottleneck(
  width: number,
  channels: number,
  { strides = 1, shortcut, init = heNormal() }: BasicBlockOptions = {},
): Layer {
  const body = sequential({
    conv1: conv2d(width, 1, { bias: false, init }),
    bn1: batchNorm(),
    relu1: relu(),
    conv2: conv2d(width, 3, { strides, padding: 1, bias: false, init }),
    bn2: batchNorm(),
    relu2: relu(),
    conv3: conv2d(channels, 1, { bias: false, init }),
    bn3: batchNorm(),
  });
  return residual(body, { shortcut, activation: relu() });
}
