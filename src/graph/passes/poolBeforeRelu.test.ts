import { expect, it } from "vitest";
import { interpret } from "../../engine/reference/index.js";
import { gradients } from "../autodiff.js";
import { Graph, type Value } from "../graph.js";
import { relu } from "../ops/activations.js";
import { input } from "../ops/bindings.js";
import { mul } from "../ops/pointwise.js";
import { maxPool2d } from "../ops/pool.js";
import { reduceSum } from "../ops/reduce.js";
import { liveNodes } from "../rewrite.js";
import { poolBeforeRelu } from "./poolBeforeRelu.js";

/** relu, then pooling; `also` is a second use of the rectified images. */
function net(also: boolean) {
  const graph = new Graph();
  const x = input(graph, "x", [1, 2, 4, 4]);
  const rectified = relu(x);
  const y = maxPool2d(rectified, { kernel: 2, strides: 2 });
  const second = also ? reduceSum(rectified) : undefined;
  return { graph, x, y, second };
}

/** Loss and the gradient of x; windows of negatives, of ties and of zeros are among the images. */
function results(graph: Graph, x: Value, y: Value) {
  const loss = reduceSum(mul(y, y));
  graph.output("loss", loss);
  graph.output("dx", gradients(loss, [x])[0]);
  const image = [-1, -2, 3, 3, -3, -1, 3, 1, 0, 0, -5, 2, 0, -1, 2, 2];
  const { loss: found, dx } = interpret(graph, {
    inputs: { x: Float32Array.from([...image, ...image.map((v) => -v)]) },
  });
  return { loss: [...found], dx: [...dx] };
}

it("keeps the loss and every gradient, at ties and in windows without a positive number", () => {
  const before = net(false);
  const { graph, image } = poolBeforeRelu(before.graph, [before.x, before.y]);
  const swapped = results(graph, image(before.x), image(before.y));
  const rectifier = [...liveNodes(graph)].find(({ op }) => op.name === "relu")!;
  expect(rectifier.outputs[0].shape).toEqual([1, 2, 2, 2]);
  expect(swapped).toEqual(results(before.graph, before.x, before.y));
});

it("leaves a ReLU alone that something else uses too", () => {
  const { graph, y, second } = net(true);
  const rewritten = poolBeforeRelu(graph, [y, second!]).graph;
  expect(rewritten.nodes.map(({ op }) => op.name)).toEqual(graph.nodes.map(({ op }) => op.name));
});
