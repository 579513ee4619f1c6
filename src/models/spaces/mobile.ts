// Small nets for processors: three stages, each of which has a kind of block, a kernel, a width and a depth of its own, on
// images of one of three sizes. Blocks are those of VGG (Simonyan and Zisserman 2014, arXiv 1409.1556), MobileNet (Howard et
// al. 2017, arXiv 1704.04861), MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381) and ResNet (He et al. 2015, arXiv
// 1512.03385); the space is that of MnasNet (Tan et al. 2019, arXiv 1807.11626) made small.

import { resize } from "../../graph/index.js";
import {
  batchNorm,
  conv2d,
  globalAvgPool,
  type Layer,
  lecunNormal,
  linear,
  relu,
  sequential,
} from "../../nn/index.js";
import type { Settings } from "../../search/index.js";
import { basicBlock } from "../blocks/basic-block.js";
import { convolution, invertedResiduals } from "../blocks/inverted-residual.js";
import type { ArchitectureSpace } from "./space.js";

/** A block of a stage. */
interface Block {
  readonly inputs: number;
  readonly width: number;
  readonly kernel: number;
  readonly strides: number;
}

const inverted =
  (expansion: number) =>
  ({ inputs, width, kernel, strides }: Block): Layer =>
    invertedResiduals(inputs, [{ hidden: expansion * inputs, channels: width, kernel, strides }]);

/** A 1x1 convolution and its normalisation where shapes change. */
const shortcut = (width: number, strides: number): Layer =>
  sequential({ conv: conv2d(width, 1, { strides, bias: false }), bn: batchNorm() });

/** Kinds of blocks. */
const blocks: Readonly<Record<string, (block: Block) => Layer>> = {
  conv: ({ width, kernel, strides }) => convolution(width, kernel, { strides, activation: relu }),
  dwsep: ({ inputs, width, kernel, strides }) =>
    sequential({
      depthwise: convolution(inputs, kernel, { strides, groups: inputs, activation: relu }),
      point: convolution(width, 1, { activation: relu }),
    }),
  mb2: inverted(2),
  mb4: inverted(4),
  res: ({ inputs, width, kernel, strides }) =>
    basicBlock(width, {
      ...{ kernel, strides },
      ...((inputs !== width || strides !== 1) && { shortcut: shortcut(width, strides) }),
    }),
};

/** Strides of the first block of each stage. */
const STRIDES = [1, 2, 2];

const stageGenes = STRIDES.flatMap((_, at) => [
  { name: `stage${at + 1}.block`, kind: "choice" as const, of: Object.keys(blocks) },
  { name: `stage${at + 1}.kernel`, kind: "choice" as const, of: [3, 5] },
  { name: `stage${at + 1}.width`, kind: "choice" as const, of: [8, 16, 24, 32, 48] },
  { name: `stage${at + 1}.depth`, kind: "choice" as const, of: [1, 2, 3] },
]);

/** The blocks of a stage on `inputs` channels. */
function stage(genes: Settings, at: number, inputs: number): Layer {
  const gene = (name: string) => genes[`stage${at + 1}.${name}`];
  const make = blocks[gene("block") as string];
  const [width, kernel, depth] = ["width", "kernel", "depth"].map((name) => gene(name) as number);
  return sequential(
    ...Array.from({ length: depth }, (_, block) =>
      make({
        ...{ width, kernel, inputs: block === 0 ? inputs : width },
        strides: block === 0 ? STRIDES[at] : 1,
      }),
    ),
  );
}

/** Images of a side; as they are where they have it. */
const sized =
  (side: number): Layer =>
  (x) =>
    x.shape[2] === side && x.shape[3] === side ? x : resize(x, [side, side], "bilinear");

export const mobile: ArchitectureSpace = {
  name: "mobile",
  description: "three stages of plain, separable, inverted or residual blocks: 10 million nets",
  source: "Tan et al. 2019, arXiv 1807.11626, made small",
  smallest: 4,
  published: { channels: 3, height: 32, width: 32, outputs: 10 },
  genes: [{ name: "resolution", kind: "choice", of: [16, 24, 32] }, ...stageGenes],
  create(genes, { outputs }) {
    const widths = STRIDES.map((_, at) => genes[`stage${at + 1}.width`] as number);
    const stages = STRIDES.map((_, at) => [
      `stage${at + 1}`,
      stage(genes, at, widths[Math.max(0, at - 1)]),
    ]);
    return {
      body: {
        layer: sequential({
          resize: sized(genes["resolution"] as number),
          stem: convolution(widths[0], 3, { activation: relu }),
          ...Object.fromEntries(stages),
        }),
        stages: stages.map(([name]) => name as string),
      },
      head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: lecunNormal() }) }),
      defaults: { optimizer: "nesterov", lr: 0.1, decay: 1e-4 },
    };
  },
};
