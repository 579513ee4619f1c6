// SqueezeNet (Iandola, Han, Moskewicz, Ashraf, Dally and Keutzer 2016, arXiv 1602.07360) as released in
// Caffe: 1.0 with a 7x7 stem and a frame of zeros around the last convolution's input, 1.1 with a 3x3
// stem and earlier pooling. Every pooling rounds up. No normalisation, and a convolution as classifier. torchvision's 1.0
// has no such frame, so that weights of either want a net of their own.

import { concat } from "../graph/index.js";
import {
  conv2d,
  dropout,
  globalAvgPool,
  heUniform,
  type Layer,
  maxPool,
  normalWith,
  relu,
  sequential,
} from "../nn/index.js";
import type { Body, ModelFamily } from "./model.js";

/** A pooling, or the channels of a fire module: squeezed, and out of each of its two expansions. */
export type SqueezenetStage = "pool" | readonly [squeeze: number, expand: number];

/** A net as somebody published it. */
export interface SqueezenetRelease {
  readonly version: string;
  readonly stem: readonly [channels: number, kernel: number];
  readonly stages: readonly SqueezenetStage[];
  /** Zeros around the input of the classifying convolution. */
  readonly frame: number;
}

const first = {
  stem: [96, 7],
  stages: [
    ...["pool", [16, 64], [16, 64], [32, 128]],
    ...["pool", [32, 128], [48, 192], [48, 192], [64, 256]],
    ...["pool", [64, 256]],
  ] as readonly SqueezenetStage[],
} as const;

const second = {
  stem: [64, 3],
  stages: [
    ...["pool", [16, 64], [16, 64]],
    ...["pool", [32, 128], [32, 128]],
    ...["pool", [48, 192], [48, 192], [64, 256], [64, 256]],
  ] as readonly SqueezenetStage[],
} as const;

/** Versions 1.0 and 1.1. */
export const squeezenetReleases: readonly SqueezenetRelease[] = [
  { version: "1.0", ...first, frame: 1 },
  { version: "1.0-unpadded", ...first, frame: 0 },
  { version: "1.1", ...second, frame: 0 },
];

const convolution = (channels: number, kernel: number, padding = 0): Layer =>
  sequential({ conv: conv2d(channels, kernel, { padding, init: heUniform() }), relu: relu() });

/** Section 3.1: a 1x1 convolution to few channels, then 1x1 and 3x3 ones side by side. */
function fire(squeeze: number, expand: number): Layer {
  return (x, scope) => {
    const squeezed = scope.apply("squeeze", convolution(squeeze, 1), x);
    return concat(
      [
        scope.apply("expand1", convolution(expand, 1), squeezed),
        scope.apply("expand3", convolution(expand, 3, 1), squeezed),
      ],
      1,
    );
  };
}

const pool = () => maxPool(3, { strides: 2, ceilMode: true });

/** Stages by the names of the release: fire modules count from 2, behind the stem. */
function named(stages: readonly SqueezenetStage[]): Record<string, Layer> {
  let fires = 1;
  let pools = 0;
  return Object.fromEntries(
    stages.map((stage) =>
      stage === "pool" ? [`pool${++pools}`, pool()] : [`fire${++fires}`, fire(...stage)],
    ),
  );
}

/** All in front of the classifier; its stages are what stands in front of each pooling, and the last module. */
function bodyOf(
  [channels, kernel]: SqueezenetRelease["stem"],
  stages: readonly SqueezenetStage[],
): Body {
  const layers = {
    conv1: conv2d(channels, kernel, { strides: 2, init: heUniform() }),
    relu1: relu(),
    ...named(stages),
  };
  const names = Object.keys(layers);
  const isLast = (at: number) => names[at + 1]?.startsWith("pool") ?? true;
  return { layer: sequential(layers), stages: names.filter((_, at) => isLast(at)) };
}

const squeezenet = ({ version, stem, stages, frame }: SqueezenetRelease): ModelFamily => ({
  name: `squeezenet${version}`,
  source: "Iandola et al. 2016, arXiv 1602.07360",
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create: ({ outputs }) => ({
    body: bodyOf(stem, stages),
    head: sequential({
      dropout: dropout(0.5),
      classifier: conv2d(outputs, 1, { padding: frame, init: normalWith(0.01) }),
      relu2: relu(),
      pool: globalAvgPool(),
    }),
    positive: true,
    // The release's 0.04 for 512 images a step, scaled to 64.
    defaults: { optimizer: "momentum", lr: 0.005, decay: 2e-4 },
  }),
});

/** 1.0 (1,248,424 parameters for 1,000 classes) with and without a frame, and 1.1 (1,235,496). */
export const squeezenets: readonly ModelFamily[] = squeezenetReleases.map(squeezenet);
