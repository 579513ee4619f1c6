// A small U-Net (Ronneberger, Fischer and Brox 2015, arXiv 1505.04597): three times down and up again, each level
// beside its like on the other side. Narrower than the published net, whose width is 64; with padded convolutions
// and batch normalisation, and bilinear enlargement in place of up-convolutions, as is usual today.

import { concat, pad, slice, type Value } from "../graph/index.js";
import {
  batchNorm,
  conv2d,
  type Layer,
  lecunNormal,
  maxPool,
  relu,
  type Scope,
  sequential,
  upsample,
} from "../nn/index.js";
import type { ModelFamily } from "./model.js";

/** Times that images are halved. */
const DOWNS = 3;

/** Sizes inside are multiples of it. */
const MULTIPLE = 2 ** DOWNS;

/** Two 3x3 convolutions, each with batch normalisation and ReLU. */
const level = (channels: number): Layer => {
  const convolution = () => conv2d(channels, 3, { padding: 1, bias: false });
  return sequential({
    conv1: convolution(),
    bn1: batchNorm(),
    relu1: relu(),
    conv2: convolution(),
    bn2: batchNorm(),
    relu2: relu(),
  });
};

const names = Array.from({ length: DOWNS }, (_, at) => `down${at + 1}`);

/** Down through the levels, and up again; images whose sizes are multiples of 8. */
function levels(width: number): Layer {
  const shrink = maxPool(2);
  const enlarge = upsample(2, "bilinear");
  return (x: Value, scope: Scope) => {
    const skips: Value[] = [];
    let value = x;
    for (const [at, name] of names.entries()) {
      skips.push(scope.apply(name, level(width * 2 ** at), value));
      value = scope.apply(`pool${at + 1}`, shrink, skips[at]);
    }
    value = scope.apply("bottom", level(width * MULTIPLE), value);
    for (let at = DOWNS - 1; at >= 0; at--) {
      const beside = concat([skips[at], scope.apply(`enlarge${at + 1}`, enlarge, value)], 1);
      value = scope.apply(`up${at + 1}`, level(width * 2 ** at), beside);
    }
    return value;
  };
}

/** A layer on images with zeros around them up to multiples of 8, and its result without what came of those. */
const framed =
  (layer: Layer): Layer =>
  (x, scope) => {
    const missing = x.shape.map((size, axis) => (axis < 2 ? 0 : -size & (MULTIPLE - 1)));
    if (missing.every((size) => size === 0)) return layer(x, scope);
    const before = missing.map((size) => size >> 1);
    const y = layer(
      pad(
        x,
        before,
        missing.map((size, axis) => size - before[axis]),
      ),
      scope,
    );
    return slice(y, before, [...y.shape.slice(0, 2), ...x.shape.slice(2)]);
  };

const unet = (width: number): ModelFamily => ({
  name: `unet-${width}`,
  source: "Ronneberger et al. 2015, arXiv 1505.04597; narrow, with batch normalisation",
  smallest: 16,
  published: { channels: 3, height: 64, width: 64, outputs: 2 },
  create: ({ outputs }) => ({
    body: { layer: framed(levels(width)), stages: [...names, "bottom"] },
    head: sequential({ conv: conv2d(outputs, 1, { init: lecunNormal() }) }),
  }),
});

/** Widths 8 (122,474 parameters for colour images and 2 outputs) and 16; outputs are [n, outputs, h, w]. */
export const unets: readonly ModelFamily[] = [8, 16].map(unet);
