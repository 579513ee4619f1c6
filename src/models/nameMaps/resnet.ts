// ResNets of torchvision and timm, which name their tensors alike.

import { type ResnetColumn, resnetColumns } from "../resnet.js";
import { imagenet, sources } from "./imagenet.js";
import type { NameMap } from "./nameMap.js";
import { convNorm, sequence, together, withBias } from "./parts.js";

const namesOf = ({ blocks, bottleneck }: ResnetColumn) => {
  const convolutions = bottleneck ? [1, 2, 3] : [1, 2];
  const stages = blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, at) => {
      const [own, theirs] = [`stage${stage + 1}.${at}`, `layer${stage + 1}.${at}`];
      const changes = at === 0 && (bottleneck || stage > 0);
      return together([
        ...convolutions.map((k) =>
          convNorm({ conv: `${own}.conv${k}`, bn: `${own}.bn${k}` }, [
            `${theirs}.conv${k}`,
            `${theirs}.bn${k}`,
          ]),
        ),
        changes ? sequence(`${own}.shortcut`, `${theirs}.downsample`) : {},
      ]);
    }),
  );
  const stem = convNorm({ conv: "conv", bn: "bn" }, ["conv1", "bn1"]);
  return together([stem, ...stages, withBias("fc", "fc")]);
};

export const resnetMaps: readonly NameMap[] = resnetColumns.map((column) => ({
  ...imagenet,
  name: column.name,
  source: sources.both,
  model: column.name,
  tensors: namesOf(column),
  head: "fc",
}));
