// VGG-11 of torchvision, which counts its layers as the model here does.

import { imagenet, sources } from "./imagenet.js";
import type { NameMap } from "./nameMap.js";
import { batchNorm, together, withBias } from "./parts.js";

/** Places of the convolutions, without and with a batch normalisation behind each. */
const places = {
  "vgg11-full": [0, 3, 6, 8, 11, 13, 16, 18],
  "vgg11-bn-full": [0, 4, 8, 11, 15, 18, 22, 25],
} as const;

/** Places of the full connections. */
const connections = [0, 3, 6];

export const vggMaps: readonly NameMap[] = Object.entries(places).map(([model, convolutions]) => ({
  ...imagenet,
  name: model,
  source: sources.torchvision,
  model,
  tensors: together([
    ...convolutions.flatMap((at) => {
      const [conv, next] = [`features.${at}`, `features.${at + 1}`];
      return model === "vgg11-full"
        ? [withBias(conv, conv)]
        : [withBias(conv, conv), batchNorm(next, next)];
    }),
    ...connections.map((at) => withBias(`classifier.${at}`, `classifier.${at}`)),
  ]),
  head: "classifier.6",
}));
