// ShuffleNetV2 of torchvision.

import { shuffleBlocks, shufflenets } from "../shufflenetv2.js";
import { imagenet, sources } from "./imagenet.js";
import type { NameMap } from "./nameMap.js";
import { sequence, together, withBias } from "./parts.js";

/** Blocks of stages, which count from 2; the first of each has a branch around it. */
const blocks = shuffleBlocks.flatMap((count, stage) =>
  Array.from({ length: count }, (_, at) => {
    const name = `stage${stage + 2}.${at}`;
    const [around, main] = [`${name}.branch1`, `${name}.branch2`];
    return together([
      ...(at === 0
        ? [
            sequence(`${name}.shortcut.depthwise`, around),
            sequence(`${name}.shortcut.expand`, around, 2),
          ]
        : []),
      sequence(`${name}.main.reduce`, main),
      sequence(`${name}.main.depthwise`, main, 3),
      sequence(`${name}.main.expand`, main, 5),
    ]);
  }),
);

export const shufflenetMaps: readonly NameMap[] = shufflenets.map(({ name }) => ({
  ...imagenet,
  name,
  source: sources.torchvision,
  model: name,
  tensors: together([
    sequence("stem", "conv1"),
    ...blocks,
    sequence("head", "conv5"),
    withBias("fc", "fc"),
  ]),
  head: "fc",
}));
