// Ops on values of bf16: every engine rounds where the reference engine does. Operands are rounded before, so that sums
// differ by their order alone; a result stored as bf16 may then be its neighbour.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { interpret } from "../../src/engine/reference/index.js";
import { type Attrs, cast, convGeometry, Graph, input, type Value } from "../../src/graph/index.js";
import { ops } from "../../src/graph/ops/index.js";
import type { Shape } from "../../src/tensor/shape.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { ladder, relativeError } from "./case.js";
import { type Geometry, geometries, outputShape } from "./convCases.js";
import { tested } from "./engines.js";

/** Half a step between neighbours of bf16, and the rounding of f32 sums. */
const [NEIGHBOUR, SUMS] = [2 ** -8, 1e-5];

interface Example {
  readonly name: string;
  /** Operands by name; those of more than one axis become bf16. */
  readonly operands: Readonly<Record<string, Shape>>;
  build(operands: Readonly<Record<string, Value>>): readonly Value[];
}

/** A node with results of bf16, which are returned as they are. */
const node = (op: keyof typeof ops, operands: readonly Value[], attrs: Attrs) =>
  operands[0].graph.apply(ops[op], operands, attrs as never);

function convolutions(geometry: Geometry): Example[] {
  const { name, x, w } = geometry;
  const attrs = convGeometry(geometry.options);
  const [y, o] = [outputShape(geometry), [w[0]]];
  return [
    {
      name: `conv2d: ${name}`,
      operands: { x, w, o },
      build: ({ x, w, o }) =>
        node("conv2d", [x, w, o], { ...attrs, activation: "relu", half: [0] }),
    },
    {
      name: `conv2d with a residual: ${name}`,
      operands: { x, w, o, y },
      build: ({ x, w, o, y }) =>
        node("conv2d", [x, w, o, y], { ...attrs, activation: "relu", half: [0] }),
    },
    {
      name: `conv2dInputGrad: ${name}`,
      operands: { y, w },
      build: ({ y, w }) => node("conv2dInputGrad", [y, w], { ...attrs, shape: x, half: [0] }),
    },
    {
      name: `conv2dWeightGrad: ${name}`,
      operands: { x, y },
      build: ({ x, y }) => node("conv2dWeightGrad", [x, y], { ...attrs, shape: w, bias: true }),
    },
  ];
}

/** Sizes as nets have them, where several images, parts and tiles meet. */
const larger: readonly Geometry[] = [
  { name: "as ResNet-20", x: [9, 16, 12, 32], w: [16, 16, 3, 3], options: { padding: 1 } },
  { name: "small images", x: [17, 32, 4, 4], w: [48, 32, 3, 3], options: { padding: 1 } },
  {
    name: "3x3, stride 2",
    x: [9, 32, 11, 10],
    w: [48, 32, 3, 3],
    options: { padding: 1, strides: 2 },
  },
  { name: "1x1, stride 2, even", x: [8, 32, 8, 8], w: [64, 32, 1, 1], options: { strides: 2 } },
  { name: "1x1", x: [8, 64, 5, 7], w: [32, 64, 1, 1], options: {} },
  { name: "1x1, whole tiles of pixels", x: [5, 40, 8, 8], w: [24, 40, 1, 1], options: {} },
  {
    name: "3x1, whole tiles with its padding",
    x: [5, 32, 6, 8],
    w: [32, 32, 3, 1],
    options: { padding: [1, 0, 1, 0] },
  },
  { name: "3x3 of one channel", x: [9, 1, 20, 13], w: [20, 1, 3, 3], options: { padding: 1 } },
  { name: "2x2 of eight channels", x: [3, 8, 9, 9], w: [24, 8, 2, 2], options: {} },
  {
    name: "7x7, stride 2, as a first layer",
    x: [8, 3, 24, 24],
    w: [64, 3, 7, 7],
    options: { padding: 3, strides: 2 },
  },
  { name: "16x16, as many taps as tiles take", x: [2, 3, 17, 18], w: [5, 3, 16, 16], options: {} },
  { name: "17x17, more of them", x: [2, 3, 18, 18], w: [5, 3, 17, 17], options: {} },
  { name: "5x7 of an odd number of inputs", x: [2, 35, 8, 9], w: [20, 35, 5, 7], options: {} },
];

const images = [17, 48, 5, 7] as const;
const channels = [48] as const;
const norm = { eps: 1e-5, activation: "relu" } as const;
const norms: readonly Example[] = [
  {
    name: "batchNorm",
    operands: { x: images, gamma: channels, beta: channels },
    build: ({ x, gamma, beta }) => node("batchNorm", [x, gamma, beta], { ...norm, half: [0] }),
  },
  {
    name: "batchNorm with a residual, 80 channels",
    operands: { x: [3, 80, 4, 4], gamma: [80], beta: [80], residual: [3, 80, 4, 4] },
    build: ({ x, gamma, beta, residual }) =>
      node("batchNorm", [x, gamma, beta, residual], { ...norm, half: [0] }),
  },
  {
    name: "batchNorm of 12 channels",
    operands: { x: [3, 12, 4, 4], gamma: [12], beta: [12] },
    build: ({ x, gamma, beta }) => node("batchNorm", [x, gamma, beta], { ...norm, half: [0] }),
  },
  {
    name: "batchNormApply",
    operands: { x: images, gamma: channels, beta: channels, mean: channels, variance: channels },
    build: ({ x, gamma, beta, mean, variance }) =>
      node("batchNormApply", [x, gamma, beta, mean, variance], { ...norm, half: [0] }),
  },
  ...[true, false].map((residual): Example => {
    return {
      name: `batchNormGrad, residual ${residual}`,
      operands: {
        dy: images,
        x: images,
        gamma: channels,
        beta: channels,
        mean: channels,
        variance: channels,
        y: images,
      },
      build: ({ dy, x, gamma, beta, mean, variance, y }) =>
        node("batchNormGrad", [dy, x, gamma, beta, mean, variance, ...(residual ? [y] : [])], {
          ...norm,
          residual,
          half: residual ? [0, 3] : [0],
        }),
    };
  }),
];

const others: readonly Example[] = [
  {
    name: "fused: images, channels and one number",
    operands: { x: images, z: images, each: [1, 48, 1, 1], one: [1, 1, 1, 1] },
    build: ({ x, z, each, one }) => [
      ...node("fused", [x, cast(z), cast(each), cast(one)], {
        shape: images,
        code: ["mul", "add", "mul", "relu"],
        args: [0, 2, -1, 4, 1, -1, 5, 3, -1, 6, -1, -1],
        values: [0, 0, 0, 0],
        results: [7, 5],
        half: [0],
      }),
    ],
  },
  {
    name: "maxPool2d",
    operands: { x: images },
    build: ({ x }) =>
      node("maxPool2d", [x], {
        kernel: [3, 3],
        strides: [2, 2],
        padding: [1, 1, 1, 1],
        dilation: [1, 1],
        half: [0],
      }),
  },
  {
    name: "reduceSum",
    operands: { x: images },
    build: ({ x }) => node("reduceSum", [x], { axes: [2, 3] }),
  },
  ...[true, false].map((transposeB): Example => {
    return {
      name: `matmul, transposed ${transposeB}`,
      operands: { a: [37, 80], b: transposeB ? [19, 80] : [80, 19] },
      build: ({ a, b }) =>
        node("matmul", [a, b], { transposeA: false, transposeB, activation: "none" }),
    };
  }),
];

const examples = [...[...geometries, ...larger].flatMap(convolutions), ...norms, ...others];

/** The graph of an example; results come as f32. */
function graphOf({ operands, build }: Example): Graph {
  const graph = new Graph();
  const values = Object.entries(operands).map(([name, shape]) => {
    const value = input(graph, name, shape);
    return [name, shape.length > 1 ? cast(value, "bf16") : value] as const;
  });
  for (const [at, value] of build(Object.fromEntries(values)).entries()) {
    graph.output(`y${at}`, cast(value));
  }
  return graph;
}

const inputsOf = ({ operands }: Example) =>
  Object.fromEntries(
    Object.entries(operands).map(([name, shape], at) => [
      name,
      Float32Array.from(ladder(sizeOf(shape), name === "variance" ? [1, 2] : [-1, 2], 3 + at)),
    ]),
  );

for (const { title, open, skip } of tested) {
  describe.skipIf(skip)(`${title} against reference`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());

    it.each(examples.map((example) => [example.name, example] as const))(
      "%s",
      async (_, example) => {
        const graph = graphOf(example);
        const inputs = inputsOf(example);
        const answer = interpret(graph, { inputs });
        const program = await engine.compile(graph);
        const found = await program.run({ inputs });
        for (const [name, value] of graph.outputs) {
          const stored = value.node.op.name === "cast" && value.node.inputs[0].dtype === "bf16";
          const error = relativeError(found[name] as Float32Array, answer[name]);
          expect(error, name).toBeLessThan(stored ? NEIGHBOUR : SUMS);
        }
        expect(await program.run({ inputs })).toEqual(found);
      },
    );
  });
}
