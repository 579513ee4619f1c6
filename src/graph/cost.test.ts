import fc from "fast-check";
import { expect, test } from "vitest";
import { graphFlops, graphMacs, macsOf, nodeMacs, nonZeros } from "./cost.js";
import * as g from "./index.js";

const from1 = (max: number) => fc.integer({ min: 1, max });

/** Multiply-adds of a convolution, counted one by one. */
function counted(
  [batch, outputs, channels, groups]: readonly number[],
  [kh, kw, h, w]: readonly number[],
): number {
  let count = 0;
  for (let image = 0; image < batch; image++)
    for (let out = 0; out < outputs; out++)
      for (let place = 0; place < h * w; place++)
        for (let input = 0; input < channels / groups; input++) count += kh * kw;
  return count;
}

const convolution = fc.record({
  batch: from1(3),
  groups: from1(3),
  channels: from1(3),
  outputs: from1(3),
  kernel: fc.tuple(from1(3), from1(3)),
  size: fc.tuple(from1(9), from1(9)),
  strides: fc.tuple(from1(3), from1(3)),
  padding: from1(2),
});

test("multiply-adds of a convolution and of its gradients are those of its loops, counted one by one", () => {
  fc.assert(
    fc.property(convolution, ({ batch, groups, channels, outputs, kernel, size, ...rest }) => {
      fc.pre(kernel.every((side, axis) => side <= size[axis]));
      const graph = new g.Graph();
      const x = g.input(graph, "x", [batch, channels * groups, ...size]);
      const w = g.input(graph, "w", [outputs * groups, channels, ...kernel]);
      const y = g.conv2d(x, w, { ...rest, groups });
      const all = [batch, outputs * groups, channels * groups, groups];
      const macs = counted(all, [...kernel, ...y.shape.slice(2)]);
      expect(graphMacs(graph)).toBe(macs);
      expect(graphFlops(graph)).toBe(2 * macs);
      g.gradients(g.reduceSum(y), [x, w]);
      const back = graph.nodes.filter(({ op }) => /^conv2d.*Grad$/.test(op.name));
      expect(back.map(nodeMacs)).toEqual([macs, macs]);
    }),
  );
});

test("a transposed convolution multiplies at each pixel that goes in", () => {
  const graph = new g.Graph();
  const x = g.input(graph, "x", [2, 6, 5, 4]);
  const w = g.input(graph, "w", [6, 2, 3, 3]);
  const y = g.convTranspose2d(x, w, g.convGeometry({ strides: 2, groups: 3 }));
  expect(y.node.op.loops!(y.node)).toEqual({
    ...{ batch: 2, inputs: 6, outputs: 6, groups: 3 },
    ...{ kernel: [3, 3], places: [5, 4] },
  });
  expect(nodeMacs(y.node)).toBe(2 * 6 * 2 * 9 * 20);
});

test("stacks of matrices share nothing, as groups", () => {
  const graph = new g.Graph();
  const a = g.input(graph, "a", [7, 4, 3]);
  const y = g.matmul(a, g.input(graph, "b", [7, 4, 5]), { transposeA: true });
  const loops = y.node.op.loops!(y.node);
  expect(loops).toMatchObject({ batch: 3, inputs: 28, outputs: 35, groups: 7 });
  expect(macsOf(loops)).toBe(7 * 3 * 4 * 5);
});

test("other operations multiply and add nothing", () => {
  const graph = new g.Graph();
  expect(nodeMacs(g.relu(g.input(graph, "x", [8])).node)).toBe(0);
});

test("of numbers those that are not 0 are counted, be it -0", () => {
  expect(nonZeros(Float32Array.of(0, -0, 1e-40, -1, Number.NaN))).toBe(3);
});
