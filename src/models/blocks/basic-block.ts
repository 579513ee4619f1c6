// The residual block of two 3x3 convolutions (He et al. 2015, arXiv 1512.03385, figure 5 left).

import {
  batchNorm,
  conv2d,
  heNormal,
  type Initialiser,
  type Layer,
  relu,
  residual,
  sequential,
} from "../../nn/index.js";

/** Options of {@link basicBlock} and of the bottleneck. */
export interface BasicBlockOptions {
  /** Stride of the first convolution; default 1. */
  readonly strides?: number;
  /** Where shapes change; default the identity. */
  readonly shortcut?: Layer;
  /** Default He's initialiser by fan-in. */
  readonly init?: Initialiser;
}

/** A side of kernels other than 3. */
interface Kernel {
  readonly kernel?: number;
}

/** relu(shortcut(x) + bn(conv(relu(bn(conv(x)))))). */
export function basicBlock(channels: number, options: BasicBlockOptions & Kernel = {}): Layer {
  const { strides = 1, kernel = 3, shortcut, init = heNormal() } = options;
  const padding = (kernel - 1) / 2;
  const body = sequential({
    conv1: conv2d(channels, kernel, { strides, padding, bias: false, init }),
    bn1: batchNorm(),
    relu1: relu(),
    conv2: conv2d(channels, kernel, { padding, bias: false, init }),
    bn2: batchNorm(),
  });
  return residual(body, { shortcut, activation: relu() });
}
