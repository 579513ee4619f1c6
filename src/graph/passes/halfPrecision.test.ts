// What is rounded to bf16, and what is not.

import { describe, expect, test } from "vitest";
import { classify } from "../../../test/support/questions.js";
import { createModel } from "../../models/index.js";
import { fuseUpdate, getRule } from "../../optim/index.js";
import { trainingGraph } from "../../tasks/index.js";
import { Graph, type Value } from "../graph.js";
import { relu } from "../ops/activations.js";
import { input, read, write } from "../ops/bindings.js";
import { cast } from "../ops/cast.js";
import { conv2d } from "../ops/conv.js";
import { reshape, slice } from "../ops/shape.js";
import { halfPrecision } from "./halfPrecision.js";

const size = { channels: 3, height: 32, width: 32, outputs: 10 };

const stepOf = (name: string) => {
  const { graph, layout } = trainingGraph(classify(createModel(name, size)), 4);
  return halfPrecision(fuseUpdate(graph, getRule("momentum"), layout));
};

const multiplied = new Set(["conv2d", "conv2dInputGrad", "conv2dWeightGrad", "matmul"]);

describe.each(["resnet20", "lenet5", "mobilenetv2", "convnet-gn", "squeezenet1.0"])(
  "a step of %s",
  (name) => {
    const { nodes, outputs } = stepOf(name);

    test("multiplies bf16", () => {
      const operands = nodes
        .filter(({ op }) => multiplied.has(op.name))
        .flatMap(({ inputs }) => inputs.slice(0, 2));
      expect(operands.length).toBeGreaterThan(0);
      expect(operands.every(({ dtype }) => dtype === "bf16")).toBe(true);
    });

    test("rounds a value once", () => {
      const rounded = nodes.filter(({ op, attrs }) => op.name === "cast" && attrs.dtype === "bf16");
      expect(new Set(rounded.map(({ inputs }) => inputs[0])).size).toBe(rounded.length);
    });

    test("keeps weights, their gradients and outputs in f32", () => {
      const written = nodes.filter(({ op }) => op.name === "write").map(({ inputs }) => inputs[0]);
      const grads = nodes
        .filter(({ op }) => op.name === "conv2dWeightGrad")
        .flatMap(({ outputs }) => outputs);
      const kept = [...written, ...grads, ...outputs.values()];
      expect(kept.every(({ dtype }) => dtype !== "bf16")).toBe(true);
    });
  },
);

test("images that batch norm and convolutions pass on are stored as bf16", () => {
  const stored = stepOf("resnet20").nodes.filter(({ op }) => /^(conv2d|batchNorm)$/.test(op.name));
  expect(stored.every(({ outputs }) => outputs[0].dtype === "bf16")).toBe(true);
});

describe("a convolution", () => {
  const convolved = (build: (y: Value, w: Value) => void) => {
    const graph = new Graph();
    const w = read(graph, "w", [4, 4, 1, 1]);
    build(conv2d(input(graph, "x", [2, 4, 3, 3]), w), w);
    return halfPrecision(graph).nodes;
  };
  const dtypesOf = (nodes: Graph["nodes"], op: string) =>
    nodes.filter((node) => node.op.name === op).map(({ outputs }) => outputs[0].dtype);

  test("whose result is returned, or read as plain numbers, keeps it in f32", () => {
    const returned = convolved((y) => y.graph.output("y", y));
    const reshaped = convolved((y) => y.graph.output("y", reshape(y, [2, 36])));
    expect([returned, reshaped].map((nodes) => dtypesOf(nodes, "conv2d"))).toEqual([
      ["f32"],
      ["f32"],
    ]);
  });

  test("gives its images in bf16 to the next one", () => {
    const nodes = convolved((y, w) => y.graph.output("y", conv2d(relu(y), w)));
    expect(dtypesOf(nodes, "fused")).toEqual(["bf16"]);
    expect(dtypesOf(nodes, "conv2d")).toEqual(["bf16", "f32"]);
  });

  test("leaves parts of its weights that are stored elsewhere as they are", () => {
    const nodes = convolved((y, w) => {
      y.graph.output("y", y);
      write("v", slice(relu(w), [0, 0, 0, 0], [2, 4, 1, 1]));
    });
    expect(dtypesOf(nodes, "fused")).toEqual(["f32"]);
  });
});

test("numbers that are bf16 already stay as they are", () => {
  const graph = new Graph();
  const x = input(graph, "x", [2, 4, 3, 3]);
  graph.output("y", cast(cast(x, "bf16")));
  expect(halfPrecision(graph).nodes.map(({ op }) => op.name)).toEqual(["input", "cast", "cast"]);
});
