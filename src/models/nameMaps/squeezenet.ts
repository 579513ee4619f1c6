// SqueezeNet's weights as trained in Caffe on ImageNet (Iandola et al. 2016, arXiv 1602.07360), in two
// files that others made of them, and torchvision's own.

import { type SqueezenetRelease, squeezenetReleases } from "../squeezenet.js";
import { imagenet, imagenetClasses, sources } from "./imagenet.js";
import type { NameMap, Names } from "./nameMap.js";
import { together, withBias } from "./parts.js";

/** Names of a fire module's three convolutions in a file. */
interface FireNames {
  readonly squeeze: string;
  readonly expand1: string;
  readonly expand3: string;
}

/** Fire modules, counted as in the release. */
const FIRES = [2, 3, 4, 5, 6, 7, 8, 9];

const fire = (at: number, theirs: string, names: FireNames): Names =>
  together(
    Object.entries(names).map(([own, part]) => withBias(`fire${at}.${own}.conv`, theirs + part)),
  );

const fires = (names: FireNames): Names =>
  together(FIRES.map((at) => fire(at, `fire${at}/`, names)));

/** What the two files have in common. */
const shared = {
  images: { input: [3, 227, 227], mean: [123, 117, 104], std: [1, 1, 1] },
  blueFirst: "conv1.weight",
} as const;

/** In torchvision all layers behind the stem and its ReLU count, poolings as well. */
function torchvisionNames({ stages }: SqueezenetRelease): Names {
  const parts = { squeeze: ".squeeze", expand1: ".expand1x1", expand3: ".expand3x3" };
  const places = stages.flatMap((stage, at) => (stage === "pool" ? [] : [at + 2]));
  return together([
    withBias("conv1", "features.0"),
    ...places.map((place, at) => fire(FIRES[at], `features.${place}`, parts)),
    withBias("classifier", "classifier.1"),
  ]);
}

const torchvisionMaps = squeezenetReleases
  .filter(({ frame }) => frame === 0)
  .map((release) => ({
    ...imagenet,
    name: `squeezenet${release.version}`,
    source: sources.torchvision,
    model: `squeezenet${release.version}`,
    tensors: torchvisionNames(release),
    head: "classifier",
  }));

export const squeezenetMaps: readonly NameMap[] = [
  {
    ...shared,
    name: "SqueezeNet 1.0 of Deep Compression",
    source: "github.com/songhan/SqueezeNet-Deep-Compression, decoded",
    model: "squeezenet1.0",
    tensors: {
      ...withBias("conv1", "conv1"),
      ...fires({ squeeze: "conv1x1_1", expand1: "conv1x1_2", expand3: "conv3x3_2" }),
      ...withBias("classifier", "conv_final"),
    },
    classes: imagenetClasses,
  },
  {
    ...shared,
    name: "SqueezeNet 1.1 without its classifier, of keras-squeezenet",
    source: "github.com/DeepCognition/keras-squeezenet, kernels turned to [out, in, height, width]",
    model: "squeezenet1.1",
    tensors: {
      ...withBias("conv1", "conv1"),
      ...fires({ squeeze: "squeeze1x1", expand1: "expand1x1", expand3: "expand3x3" }),
    },
    classes: [],
  },
  ...torchvisionMaps,
];
