import { describe, expect, it } from "vitest";
import * as g from "../index.js";

const f32 = (graph: g.Graph, ...shape: number[]) => g.input(graph, `x${graph.nodes.length}`, shape);

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
});
