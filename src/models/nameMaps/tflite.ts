// MobileNetV2 of TensorFlow Lite, its convolutions by their order in the file.

import { mobilenetv2Blocks } from "../mobilenetv2.js";
import { imagenetClasses } from "./imagenet.js";
import type { NameMap } from "./nameMap.js";
import { convBlock, together, withBias } from "./parts.js";

/** What stands in front of each convolution's name, in order; the blocks of the first stage do not expand. */
const places = [
  "stem",
  ...mobilenetv2Blocks
    .flatMap((count, stage) => Array.from({ length: count }, () => (stage === 0 ? 2 : 3)))
    .flatMap((convolutions, at) =>
      ["expand", "depthwise", "project"].slice(-convolutions).map((part) => `blocks.${at}.${part}`),
    ),
  "head",
];

export const tfliteMaps: readonly NameMap[] = [
  {
    name: "mobilenet_v2",
    source: "TensorFlow Lite",
    model: "mobilenetv2-same",
    tensors: together([
      ...places.map((own, at) => convBlock(own, [`conv${at}`, `conv${at}.bn`])),
      withBias("fc", "fc"),
    ]),
    images: { input: [3, 224, 224], mean: [128, 128, 128], std: [128, 128, 128] },
    classes: ["background", ...imagenetClasses],
    head: "fc",
    batchNormEps: 0,
  },
];
