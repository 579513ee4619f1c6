import { describe, expect, it } from "vitest";
import { nodeFlops } from "../cost.js";
import * as g from "../index.js";

const f32 = (graph: g.Graph, ...shape: number[]) => g.input(graph, `x${graph.nodes.length}`, shape);

const bytes = (graph: g.Graph, ...shape: number[]) =>
  g.input(graph, `x${graph.nodes.length}`, shape, "u8");
const window = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1] };

const refused: [what: string, build: (graph: g.Graph) => unknown, message: string][] = [
  [
    "weights for other channels",
    (graph) => g.conv2d(f32(graph, 1, 3, 8, 8), f32(graph, 4, 2, 3, 3)),
    "conv2d: weights [4, 2, 3, 3] with 1 groups do not fit images [1, 3, 8, 8]",
  ],
  [
    "groups that do not divide",
    (graph) => g.conv2d(f32(graph, 1, 4, 8, 8), f32(graph, 3, 2, 3, 3), { groups: 2 }),
    "with 2 groups do not fit",
  ],
  [
    "a bias of another shape",
    (graph) => g.conv2d(f32(graph, 1, 3, 8, 8), f32(graph, 4, 3, 3, 3), { bias: f32(graph, 1, 4) }),
    "conv2d: bias [1, 4] is not [4]",
  ],
  [
    "an image smaller than the window",
    (graph) => g.conv2d(f32(graph, 1, 1, 3, 2), f32(graph, 1, 1, 3, 3)),
    "conv2d: an image of 3x2 is too small for a window of 3 along width with padding 0+0",
  ],
  [
    "a stride of 0",
    (graph) => g.conv2d(f32(graph, 1, 1, 3, 3), f32(graph, 1, 1, 1, 1), { strides: 0 }),
    "conv2d: bad window",
  ],
  [
    "rows instead of images",
    (graph) => g.maxPool2d(f32(graph, 4, 9), { kernel: 2 }),
    "maxPool2d: expected f32 [batch, channels, height, width], found f32 [4, 9]",
  ],
  [
    "max windows without a pixel",
    (graph) => g.maxPool2d(f32(graph, 1, 1, 4, 4), { kernel: 2, padding: 2 }),
    "maxPool2d: padding 2,2,2,2 must be smaller than kernel 2,2",
  ],
  [
    "average windows without a pixel",
    (graph) => g.avgPool2d(f32(graph, 1, 1, 4, 4), { kernel: 2, padding: [0, 2] }),
    "avgPool2d: padding 0,2,0,2 must be smaller than kernel 2,2",
  ],
  [
    "a product that does not fit",
    (graph) => g.matmul(f32(graph, 2, 3), f32(graph, 2, 3), { transposeA: false }),
    "matmul: [2, 3] x [2, 3] do not fit",
  ],
  [
    "a product of stacks of other lengths",
    (graph) => g.matmul(f32(graph, 2, 3, 4), f32(graph, 3, 4, 5)),
    "matmul: [2, 3, 4] x [3, 4, 5] do not fit",
  ],
  [
    "a product of a stack and a matrix",
    (graph) => g.matmul(f32(graph, 2, 3, 4), f32(graph, 4, 5)),
    "matmul: [2, 3, 4] x [4, 5] do not fit",
  ],
  [
    "a product of stacks of stacks",
    (graph) => g.matmul(f32(graph, 1, 2, 3, 4), f32(graph, 1, 2, 4, 5)),
    "do not fit",
  ],
  [
    "a bias of another length",
    (graph) => g.matmul(f32(graph, 2, 3), f32(graph, 3, 5), { bias: f32(graph, 3) }),
    "matmul: [2, 3] x [3, 5] + [3] do not fit",
  ],
  [
    "parts of another rank",
    (graph) => g.concat([f32(graph, 2, 3), f32(graph, 2)], 0),
    "concat along axis 0: [2] does not fit [2, 3]",
  ],
  [
    "a part before the first element",
    (graph) => g.slice(f32(graph, 4), [-1], [2]),
    "slice: [2] at [-1] is not inside [4]",
  ],
  [
    "a scale for other channels",
    (graph) => g.batchNorm(f32(graph, 2, 3), f32(graph, 2), f32(graph, 3)),
    "batchNorm: [2, 3] with scale [2] and shift [3] do not fit",
  ],
  [
    "groups that do not divide the channels",
    (graph) => g.groupNorm(f32(graph, 2, 4, 3, 3), 3, f32(graph, 4), f32(graph, 4)),
    "groupNorm: 3 groups do not divide 4 channels",
  ],
  [
    "shapes that do not broadcast",
    (graph) => g.add(f32(graph, 2), f32(graph, 3)),
    "add: shapes [2] and [3] do not broadcast",
  ],
  [
    "integers in arithmetic",
    (graph) => g.neg(g.input(graph, "labels", [2], "i32")),
    "neg: expected f32 operands, found i32; use cast",
  ],
  [
    "a write before a vector",
    (graph) => g.write("v", f32(graph, 2), -1),
    'write to "v": expected a whole number from 0',
  ],
  ["a write between elements", (graph) => g.write("v", f32(graph, 2), 0.5), "found 0.5"],
  [
    "a read before a vector",
    (graph) => g.read(graph, "v", [2], -1),
    'read of "v": expected a whole',
  ],
  ["a read beyond counting", (graph) => g.read(graph, "v", [2], 2 ** 53), "found 9007199254740992"],
  ["an empty input", (graph) => f32(graph, 2, 0), "input: expected whole sizes of at least 1"],
  ["half a size", (graph) => f32(graph, 1.5), "found [1.5]"],
  ["a size beyond counting", (graph) => f32(graph, 2 ** 62), "at most 2^40 elements"],
  ["sizes beyond counting", (graph) => f32(graph, 2 ** 30, 2 ** 30), "at most 2^40 elements"],
  ["padding beyond counting", (graph) => g.pad(f32(graph, 2), [2 ** 53], [0]), "at most 2^40"],
  [
    "classes beyond counting",
    (graph) => g.oneHot(g.input(graph, "y", [2], "i32"), 2 ** 53),
    "classes",
  ],
  ["elements of no type", (graph) => g.input(graph, "x", [2], "f16" as "f32"), "f32, i32, u8"],
  [
    "a stream of no number",
    (graph) => g.uniform(graph, [2], -1),
    "uniform: expected a whole number",
  ],
  [
    "another axis",
    (graph) => g.concat([f32(graph, 2, 3), f32(graph, 2, 3)], 2),
    "axes [2] are not distinct axes of a rank-2 tensor",
  ],
  ["half an axis", (graph) => g.concat([f32(graph, 2), f32(graph, 2)], 0.5), "axes [0.5]"],
  [
    "parts of other types",
    (graph) => g.concat([f32(graph, 2), g.input(graph, "y", [2], "u8")], 0),
    "concat: expected f32, found u8",
  ],
  ["no parts", () => g.concat([], 0), "concat: expected at least one value"],
  [
    "winners of another window",
    (graph) =>
      g.maxPool2dGrad(f32(graph, 1, 1, 2, 2), bytes(graph, 1, 1, 2, 3), [1, 1, 4, 4], window),
    "maxPool2dGrad: expected winners of [1, 1, 2, 2], found [1, 1, 2, 3]",
  ],
  [
    "f32 winners",
    (graph) =>
      g.maxPool2dGrad(f32(graph, 1, 1, 2, 2), f32(graph, 1, 1, 2, 2), [1, 1, 4, 4], window),
    "maxPool2dGrad: expected u8, found f32",
  ],
  [
    "a gradient of other windows",
    (graph) =>
      g.maxPool2dGrad(f32(graph, 1, 1, 2, 2), bytes(graph, 1, 1, 2, 2), [1, 1, 6, 4], window),
    "maxPool2dGrad: expected a gradient of [1, 1, 3, 2], found [1, 1, 2, 2]",
  ],
  [
    "a gradient of other means",
    (graph) =>
      g.avgPool2dGrad(f32(graph, 1, 1, 2, 2), [1, 2, 4, 4], { ...window, countPadding: true }),
    "avgPool2dGrad: expected a gradient of [1, 2, 2, 2], found [1, 1, 2, 2]",
  ],
  [
    "a gradient of other weights",
    (graph) =>
      g.conv2dWeightGrad(
        f32(graph, 1, 3, 8, 8),
        f32(graph, 1, 4, 8, 8),
        [4, 3, 3, 3],
        g.convGeometry({}),
        true,
      ),
    "conv2dWeightGrad: expected a gradient of [1, 4, 6, 6], found [1, 4, 8, 8]",
  ],
  [
    "groups of no channel",
    (graph) => g.conv2d(f32(graph, 1, 4, 8, 8), f32(graph, 4, 8, 3, 3), { groups: 0.5 }),
    "conv2d: expected a whole number from 1 to 4 as groups, found 0.5",
  ],
  [
    "a gradient of rows",
    (graph) => g.resizeGrad(f32(graph, 4, 4), [2, 2], "nearest"),
    "resizeGrad: expected f32 [batch, channels, height, width], found f32 [4, 4]",
  ],
  [
    "a cast to nothing known",
    (graph) => g.cast(f32(graph, 2), "f16" as "bf16"),
    "cast: expected f32, i32, u8, i8, bf16 as element type, found f16",
  ],
  [
    "integers of 8 bits as operands",
    (graph) => g.add(g.cast(f32(graph, 2), "i8"), f32(graph, 2)),
    "add: expected f32, i32 or u8, found i8; use cast",
  ],
  [
    "bf16 in another shape",
    (graph) => g.reshape(g.cast(f32(graph, 2), "bf16"), [1, 2]),
    "reshape: expected f32, i32 or u8, found bf16; use cast",
  ],
  [
    "too few bytes",
    (graph) => g.unpackBits(bytes(graph, 1), 1, { dtype: "f32", shape: [9] }),
    "unpackBits: [9] in 1 bits does not fit into 1 bytes",
  ],
  ["stored numbers", (graph) => g.restore(f32(graph, 64), [4]), "restore: expected u8 [bytes]"],
  ["integers as rows", (graph) => g.logSoftmax(bytes(graph, 2, 3)), "logSoftmax: expected f32"],
  [
    "integers as factors",
    (graph) => g.matmul(bytes(graph, 2, 2), f32(graph, 2, 2)),
    "matmul: expected",
  ],
  ["integers to sum", (graph) => g.reduceSum(bytes(graph, 2)), "reduceSum: expected f32, found u8"],
  [
    "segments between elements",
    (graph) => g.segmentSum(f32(graph, 4), [0, 1.5, 4]),
    "segmentSum: segments at [0, 1.5, 4] do not divide [4]",
  ],
  ["parts of an element", (graph) => g.slice(f32(graph, 4), [0.5], [2]), "is not inside [4]"],
  ["f32 labels", (graph) => g.oneHot(f32(graph, 2), 3), "oneHot: expected i32, found f32"],
  [
    "another size",
    (graph) => g.reshape(f32(graph, 2, 3), [4]),
    "reshape: [2, 3] has not the size of [4]",
  ],
  [
    "a part outside",
    (graph) => g.slice(f32(graph, 2, 3), [0, 2], [2, 2]),
    "slice: [2, 2] at [0, 2] is not inside [2, 3]",
  ],
  [
    "parts of other sizes",
    (graph) => g.concat([f32(graph, 2, 3), f32(graph, 3, 4)], 0),
    "concat along axis 0: [3, 4] does not fit [2, 3]",
  ],
  ["negative padding", (graph) => g.pad(f32(graph, 2), [-1], [0]), "pad: [-1] and [0] do not fit"],
  [
    "a smaller shape to fill",
    (graph) => g.expand(f32(graph, 2, 3), [3]),
    "expand: [2, 3] does not fill [3]",
  ],
  [
    "an axis twice",
    (graph) => g.transpose(f32(graph, 2, 3), [0, 0]),
    "axes [0, 0] are not distinct axes of a rank-2 tensor",
  ],
  [
    "a size of 0",
    (graph) => g.resize(f32(graph, 1, 1, 2, 2), [0, 2], "nearest"),
    "resize: expected a size of [height, width], found [0,2]",
  ],
];

describe("shape rules", () => {
  it.each(refused)("refuse %s", (_, build, message) => {
    expect(() => build(new g.Graph())).toThrow(RangeError);
    expect(() => build(new g.Graph())).toThrow(message);
  });

  const taken: [what: string, build: (graph: g.Graph) => g.Value, shape: number[]][] = [
    ["stacks", (graph) => g.matmul(f32(graph, 2, 3, 4), f32(graph, 2, 4, 5)), [2, 3, 5]],
    [
      "turned stacks",
      (graph) =>
        g.matmul(f32(graph, 2, 4, 3), f32(graph, 2, 5, 4), { transposeA: true, transposeB: true }),
      [2, 3, 5],
    ],
    [
      "a bias",
      (graph) => g.matmul(f32(graph, 2, 3), f32(graph, 3, 5), { bias: f32(graph, 5) }),
      [2, 5],
    ],
    ["parts side by side", (graph) => g.concat([f32(graph, 2, 3), f32(graph, 2, 4)], 1), [2, 7]],
    ["a part at the end", (graph) => g.slice(f32(graph, 2, 3), [1, 1], [1, 2]), [1, 2]],
  ];

  it.each(taken)("take %s", (_, build, shape) => {
    expect(build(new g.Graph()).shape).toEqual(shape);
  });

  it("count two operations for each factor of a product", () => {
    const graph = new g.Graph();
    const plain = g.matmul(f32(graph, 2, 3, 4), f32(graph, 2, 4, 5));
    const turned = g.matmul(f32(graph, 4, 3), f32(graph, 4, 5), { transposeA: true });
    expect([plain, turned].map(({ node }) => nodeFlops(node))).toEqual([240, 120]);
  });
});
