// ConvNeXt: Tiny of torchvision, Atto of timm.

import { type ConvnextSize, convnextSizes } from "../convnext.js";
import { imagenet, sources } from "./imagenet.js";
import type { NameMap, Names } from "./nameMap.js";
import { norm, together, withBias } from "./parts.js";

/** What a library calls the parts of a net; stages count from 0. */
interface Style {
  readonly source: string;
  readonly stem: readonly [conv: string, norm: string];
  /** In front of a stage but the first. */
  readonly halve: (stage: number) => readonly [norm: string, conv: string];
  readonly block: (stage: number, at: number) => string;
  /** Within a block. */
  readonly parts: Readonly<Record<"depthwise" | "norm" | "expand" | "project" | "gamma", string>>;
  readonly head: readonly [norm: string, fc: string];
}

const torchvision: Style = {
  source: sources.torchvision,
  stem: ["features.0.0", "features.0.1"],
  halve: (stage) => [`features.${2 * stage}.0`, `features.${2 * stage}.1`],
  block: (stage, at) => `features.${2 * stage + 1}.${at}`,
  parts: {
    ...{ depthwise: "block.0", norm: "block.2", expand: "block.3", project: "block.5" },
    gamma: "layer_scale",
  },
  head: ["classifier.0", "classifier.2"],
};

const timm: Style = {
  source: sources.timm,
  stem: ["stem.0", "stem.1"],
  halve: (stage) => [`stages.${stage}.downsample.0`, `stages.${stage}.downsample.1`],
  block: (stage, at) => `stages.${stage}.blocks.${at}`,
  parts: {
    ...{ depthwise: "conv_dw", norm: "norm", expand: "mlp.fc1", project: "mlp.fc2" },
    gamma: "gamma",
  },
  head: ["head.norm", "head.fc"],
};

const blockNames = (own: string, theirs: string, { parts }: Style): Names =>
  together([
    withBias(`${own}.depthwise`, `${theirs}.${parts.depthwise}`),
    norm(`${own}.norm`, `${theirs}.${parts.norm}`),
    withBias(`${own}.expand`, `${theirs}.${parts.expand}`),
    withBias(`${own}.project`, `${theirs}.${parts.project}`),
    { [`${own}.gamma.scale`]: `${theirs}.${parts.gamma}` },
  ]);

const namesOf = ({ blocks }: ConvnextSize, style: Style): Names =>
  together([
    withBias("stem.conv", style.stem[0]),
    norm("stem.norm", style.stem[1]),
    ...blocks.flatMap((count, stage) => {
      const halve = stage === 0 ? undefined : style.halve(stage);
      return [
        ...(halve
          ? [norm(`down${stage + 1}.norm`, halve[0]), withBias(`down${stage + 1}.conv`, halve[1])]
          : []),
        ...Array.from({ length: count }, (_, at) =>
          blockNames(`stage${stage + 1}.${at}`, style.block(stage, at), style),
        ),
      ];
    }),
    norm("norm", style.head[0]),
    withBias("fc", style.head[1]),
  ]);

/** timm publishes both under its own names, torchvision Tiny alone. */
const published = [
  [convnextSizes[0], torchvision],
  [convnextSizes[1], timm],
] as const;

export const convnextMaps: readonly NameMap[] = published.map(([size, style]) => ({
  ...imagenet,
  name: size.name,
  source: style.source,
  model: size.name,
  tensors: namesOf(size, style),
  head: "fc",
}));
