// A 1x1 convolution and the depthwise one behind it are one step where the weights are frozen and nothing else wants what
// is in between. Whether something does must not matter.

import { describe, expect, it } from "vitest";
import { conv2d, Graph, input, read } from "../../src/graph/index.js";
import { Random } from "../../src/tensor/philox.js";
import { relativeError } from "./case.js";
import { tested } from "./engines.js";

interface Layers {
  readonly images: number;
  readonly inputs: number;
  readonly between: number;
  /** Side of the first kernel, where that is none of 1x1: then the two stay apart. */
  readonly first?: number;
  readonly size: readonly [height: number, width: number];
  readonly kernel: number;
  readonly strides?: number;
  readonly padding?: number | readonly [top: number, left: number, bottom: number, right: number];
  readonly bias?: boolean;
}

const layers: readonly Layers[] = [
  { images: 1, inputs: 16, between: 96, size: [16, 14], kernel: 3, padding: 1, bias: true },
  { images: 1, inputs: 24, between: 40, size: [29, 28], kernel: 3, strides: 2, padding: 1 },
  { images: 2, inputs: 17, between: 48, size: [7, 7], kernel: 3, padding: 1, bias: true },
  { images: 3, inputs: 33, between: 16, size: [9, 7], kernel: 5, strides: 2, padding: 2 },
  { images: 1, inputs: 16, between: 50, size: [5, 19], kernel: 7, padding: 3, bias: true },
  { images: 2, inputs: 20, between: 33, size: [8, 8], kernel: 3, bias: true },
  {
    images: 1,
    inputs: 16,
    between: 32,
    size: [3, 31],
    kernel: 3,
    strides: 3,
    padding: [0, 1, 1, 2],
  },
  {
    images: 19,
    inputs: 16,
    between: 24,
    size: [7, 8],
    kernel: 3,
    strides: 2,
    padding: [1, 0, 0, 1],
  },
  { images: 1, inputs: 16, between: 32, size: [12, 13], kernel: 3, strides: 4 },
  { images: 2, inputs: 16, between: 32, first: 3, size: [6, 9], kernel: 3, padding: 1 },
];

const nameOf = ({
  images,
  inputs,
  between,
  first = 1,
  size,
  kernel,
  strides = 1,
  padding = 0,
}: Layers) =>
  `${images} of [${inputs}, ${size}] to ${between} by ${first}x${first}, ${kernel}x${kernel} / ${strides}, padding ${padding}`;

/** Numbers of the first layer's weights. */
const firstWeights = ({ inputs, between, first = 1 }: Layers) => between * inputs * first ** 2;

/** Both layers on the images `x`, with weights of the vector `w`. */
function graphOf(l: Layers, showsBetween: boolean): Graph {
  const graph = new Graph();
  const x = input(graph, "x", [l.images, l.inputs, ...l.size]);
  const bias = l.bias ? read(graph, "w", [l.between], 3) : undefined;
  const { first = 1 } = l;
  const between = conv2d(x, read(graph, "w", [l.between, l.inputs, first, first]), {
    padding: (first - 1) / 2,
    bias,
    activation: "relu6",
  });
  const kernel = read(graph, "w", [l.between, 1, l.kernel, l.kernel], 7);
  const { strides, padding } = l;
  const y = conv2d(between, kernel, {
    strides,
    padding,
    groups: l.between,
    bias,
    activation: "relu",
  });
  graph.output("y", y);
  if (showsBetween) graph.output("between", between);
  return graph;
}

for (const { title, open, skip } of tested) {
  describe.skipIf(skip)(title, () => {
    it.each(layers.map((l) => [nameOf(l), l] as const))("%s", async (_, l) => {
      const random = new Random({ seed: 6, purpose: "init" });
      const noise = (length: number) => Float32Array.from({ length }, () => random.uniform() - 0.4);
      const engine = await open();
      const w = engine.vector(firstWeights(l) + l.between * l.kernel ** 2 + 7);
      await w.write(noise(w.length));
      const x = noise(l.images * l.inputs * l.size[0] * l.size[1]);
      const run = async (showsBetween: boolean, frozen: string[]) => {
        const program = await engine.compile(graphOf(l, showsBetween), { frozen });
        await program.run({ vectors: { w }, inputs: { x } });
        return (await program.run({ vectors: { w }, inputs: { x } })).y;
      };
      const together = await run(false, ["w"]);
      expect(together).toEqual(await run(true, ["w"]));
      expect(relativeError(together, await run(true, []))).toBeLessThan(1e-5);
      await engine.close();
    });
  });
}
