// SqueezeNet's weights as trained in Caffe on ImageNet (Iandola et al. 2016, arXiv 1602.07360), in two
// files that others made of them.

import type { NameMap } from "./nameMap.js";

/** Names of a fire module's three convolutions in a file. */
interface FireNames {
  readonly squeeze: string;
  readonly expand1: string;
  readonly expand3: string;
}

/** Fire modules, counted as in the release. */
const FIRES = [2, 3, 4, 5, 6, 7, 8, 9];

/** Weight and bias of a convolution here and in the file. */
const convolution = (own: string, theirs: string): Readonly<Record<string, string>> => ({
  [`${own}.weight`]: `${theirs}.weight`,
  [`${own}.bias`]: `${theirs}.bias`,
});

const fires = (names: FireNames): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...FIRES.flatMap((at) =>
      Object.entries(names).map(([own, theirs]) =>
        convolution(`fire${at}.${own}.conv`, `fire${at}/${theirs}`),
      ),
    ),
  );

const images = {
  input: [3, 227, 227],
  mean: [123, 117, 104],
  std: [1, 1, 1],
} as const;

/** The 1,000 classes of ILSVRC 2012 by number. */
const imagenet = Array.from({ length: 1000 }, (_, at) => String(at));

const shared = { images, blueFirst: "conv1.weight" } as const;

export const squeezenetMaps: readonly NameMap[] = [
  {
    ...shared,
    name: "SqueezeNet 1.0 of Deep Compression",
    source: "github.com/songhan/SqueezeNet-Deep-Compression, decoded",
    model: "squeezenet1.0",
    tensors: {
      ...convolution("conv1", "conv1"),
      ...fires({ squeeze: "conv1x1_1", expand1: "conv1x1_2", expand3: "conv3x3_2" }),
      ...convolution("classifier", "conv_final"),
    },
    classes: imagenet,
  },
  {
    ...shared,
    name: "SqueezeNet 1.1 without its classifier, of keras-squeezenet",
    source: "github.com/DeepCognition/keras-squeezenet, kernels turned to [out, in, height, width]",
    model: "squeezenet1.1",
    tensors: {
      ...convolution("conv1", "conv1"),
      ...fires({ squeeze: "squeeze1x1", expand1: "expand1x1", expand3: "expand3x3" }),
    },
    classes: [],
  },
];
