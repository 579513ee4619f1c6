// Geometries of pooling, each tried on the forward op and on its gradient.

import {
  avgPool2d,
  avgPool2dGrad,
  maxPool2dGrad,
  ops,
  type PoolOptions,
} from "../../src/graph/index.js";
import { poolWindow } from "../../src/graph/ops/pool.js";
import { slide } from "../../src/graph/window.js";
import type { Shape } from "../../src/tensor/shape.js";
import type { Case } from "./case.js";

interface Geometry extends PoolOptions {
  readonly name: string;
  readonly x: Shape;
}

const geometries: readonly Geometry[] = [
  { name: "2x2", x: [2, 6, 8, 8], kernel: 2 },
  { name: "2x2, 22 wide", x: [3, 2, 4, 22], kernel: 2 },
  { name: "2x2, odd size", x: [1, 17, 7, 5], kernel: 2 },
  { name: "3x3, stride 2, padding 1", x: [2, 16, 9, 8], kernel: 3, strides: 2, padding: 1 },
  { name: "3x3, stride 1", x: [1, 3, 6, 6], kernel: 3, strides: 1, padding: 1 },
  { name: "3x2, uneven", x: [1, 1, 7, 8], kernel: [3, 2], strides: [1, 2], padding: [1, 0, 2, 1] },
  { name: "2x2, padding in front", x: [1, 3, 4, 6], kernel: 2, padding: [1, 1, 0, 0] },
  { name: "stride over kernel", x: [2, 3, 8, 8], kernel: 2, strides: 3 },
  { name: "whole image", x: [3, 16, 5, 4], kernel: [5, 4] },
  // Enough of them for an engine to take them piece by piece with two threads.
  { name: "9 images", x: [9, 6, 5, 7], kernel: 3, strides: 2, padding: 1 },
];

function casesOf(geometry: Geometry): Case[] {
  const { name, x } = geometry;
  const window = poolWindow(geometry);
  const y = { shape: [x[0], x[1], ...slide("pool", x.slice(2), window)] };
  const average = [true, false].flatMap((countPadding): Case[] => [
    {
      op: "avgPool2d",
      name: `${name}, ${countPadding ? "with" : "without"} padding`,
      operands: [{ shape: x }],
      build: ([images]) => avgPool2d(images, { ...geometry, countPadding }),
    },
    {
      op: "avgPool2dGrad",
      name: `${name}, ${countPadding ? "with" : "without"} padding`,
      operands: [y],
      build: ([dy]) => avgPool2dGrad(dy, x, { ...window, countPadding }),
    },
  ]);
  return [
    ...average,
    {
      op: "maxPool2d",
      name,
      operands: [{ shape: x }],
      build: ([images], graph) => graph.apply(ops.maxPool2d, [images], window),
    },
    {
      op: "maxPool2dGrad",
      name,
      operands: [y, { shape: x }],
      build: ([dy, images], graph) =>
        maxPool2dGrad(dy, graph.apply(ops.maxPool2d, [images], window)[1], x, window),
      differentiable: false,
    },
  ];
}

export const poolCases: readonly Case[] = geometries.flatMap(casesOf);
