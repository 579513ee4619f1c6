// Nets of inverted residuals: MobileNetV2 and V3, EfficientNet; of torchvision and of timm.

import { mobilenets, mobilenetv2Blocks } from "../mobilenetv2.js";
import { imagenet, sources } from "./imagenet.js";
import type { NameMap, Names } from "./nameMap.js";
import { convBlock, sequence, together, withBias } from "./parts.js";

/** A block by its place. */
interface Block {
  /** Counted over all stages. */
  readonly at: number;
  readonly stage: number;
  /** Counted within the stage. */
  readonly inStage: number;
  readonly expands: boolean;
  readonly squeezes: boolean;
}

/** What of a net its names depend on. */
interface Layout {
  /** Blocks of each stage; those of the first do not expand. */
  readonly blocks: readonly number[];
  /** Whether the blocks of a stage have squeeze-and-excitation. */
  readonly squeezes: (stage: number) => boolean;
}

const blocksOf = ({ blocks, squeezes }: Layout): Block[] =>
  blocks
    .flatMap((count, stage) =>
      Array.from({ length: count }, (_, inStage) => ({
        ...{ stage, inStage, expands: stage > 0, squeezes: squeezes(stage) },
      })),
    )
    .map((block, at) => ({ ...block, at }));

/** timm's names; the convolutions of a block that does not expand count from 1 all the same. */
function timmBlock({ at, stage, inStage, expands, squeezes }: Block): Names {
  const [own, theirs] = [`blocks.${at}`, `blocks.${stage}.${inStage}`];
  const names = expands
    ? { expand: "conv_pw", depthwise: "conv_dw", project: "conv_pwl" }
    : { depthwise: "conv_dw", project: "conv_pw" };
  return together([
    ...Object.entries(names).map(([part, conv], place) =>
      convBlock(`${own}.${part}`, [`${theirs}.${conv}`, `${theirs}.bn${place + 1}`]),
    ),
    squeezes ? withBias(`${own}.squeeze.reduce`, `${theirs}.se.conv_reduce`) : {},
    squeezes ? withBias(`${own}.squeeze.expand`, `${theirs}.se.conv_expand`) : {},
  ]);
}

const timmStem = convBlock("stem", ["conv_stem", "bn1"]);

const timm = (layout: Layout): Names =>
  together([
    timmStem,
    ...blocksOf(layout).map(timmBlock),
    convBlock("head", ["conv_head", "bn2"]),
    withBias("fc", "classifier"),
  ]);

/** torchvision's names in MobileNetV3 and EfficientNet: a list of convolutions with squeeze-and-excitation among them. */
function torchvisionBlock({ at, expands, squeezes }: Block, theirs: string): Names {
  const own = `blocks.${at}`;
  const parts = [
    ...(expands ? ["expand"] : []),
    "depthwise",
    ...(squeezes ? ["squeeze"] : []),
    "project",
  ];
  return together(
    parts.map((part, place) => {
      const names = [`${own}.${part}`, `${theirs}.block.${place}`] as const;
      if (part !== "squeeze") return sequence(...names);
      return {
        ...withBias(`${names[0]}.reduce`, `${names[1]}.fc1`),
        ...withBias(`${names[0]}.expand`, `${names[1]}.fc2`),
      };
    }),
  );
}

/** torchvision's names in MobileNetV2: the last convolution of a block is in no sequence of its own. */
function torchvisionV2Block({ at, expands }: Block): Names {
  const [own, theirs] = [`blocks.${at}`, `features.${at + 1}.conv`];
  const inner = expands ? ["expand", "depthwise"] : ["depthwise"];
  return together([
    ...inner.map((part, place) => sequence(`${own}.${part}`, `${theirs}.${place}`)),
    sequence(`${own}.project`, theirs, inner.length),
  ]);
}

const torchvision = (blocks: readonly Names[], last: number): Names =>
  together([
    sequence("stem", "features.0"),
    ...blocks,
    sequence("head", `features.${last}`),
    withBias("fc", "classifier.1"),
  ]);

const never = () => false;
const mobilenetv2 = { blocks: mobilenetv2Blocks, squeezes: never };
const mobilenetv3Small = { blocks: [1, 2, 3, 2, 3], squeezes: (stage: number) => stage !== 1 };
const efficientnetB0 = { blocks: [1, 2, 2, 3, 3, 4, 1], squeezes: () => true };
const efficientnetLite0 = { ...efficientnetB0, squeezes: never };

const v2Blocks = blocksOf(mobilenetv2).map(torchvisionV2Block);
const v2Maps = mobilenets.flatMap(({ name }) => [
  map(name, sources.torchvision, torchvision(v2Blocks, v2Blocks.length + 1)),
  map(name, sources.timm, timm(mobilenetv2)),
]);

function map(model: string, source: string, tensors: Names): NameMap {
  return { ...imagenet, name: model, source, model, tensors, head: "fc" };
}

const v3Blocks = blocksOf(mobilenetv3Small);
const v3Maps: readonly NameMap[] = [
  {
    ...map(
      "mobilenetv3-small",
      sources.torchvision,
      together([
        torchvision(
          v3Blocks.map((block) => torchvisionBlock(block, `features.${block.at + 1}`)),
          v3Blocks.length + 1,
        ),
        withBias("hidden", "classifier.0"),
        withBias("fc", "classifier.3"),
      ]),
    ),
    batchNormEps: 1e-3,
  },
  map(
    "mobilenetv3-small",
    sources.timm,
    together([
      timmStem,
      ...v3Blocks.map(timmBlock),
      convBlock("head", ["blocks.5.0.conv", "blocks.5.0.bn1"]),
      withBias("hidden", "conv_head"),
      withBias("fc", "classifier"),
    ]),
  ),
];

const efficientnetMaps = [
  map(
    "efficientnet-b0",
    sources.torchvision,
    torchvision(
      blocksOf(efficientnetB0).map((block) =>
        torchvisionBlock(block, `features.${block.stage + 1}.${block.inStage}`),
      ),
      efficientnetB0.blocks.length + 1,
    ),
  ),
  map("efficientnet-b0", sources.timm, timm(efficientnetB0)),
  map("efficientnet-lite0", sources.timm, timm(efficientnetLite0)),
];

export const invertedMaps: readonly NameMap[] = [...v2Maps, ...v3Maps, ...efficientnetMaps];
