import { expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { interpret, referenceEngine } from "../../engine/reference/index.js";
import { GRADIENT, Graph, input, matmul, reshape, sigmoid, WEIGHTS } from "../../graph/index.js";
import { createModel, type Model } from "../../models/index.js";
import * as layers from "../../nn/index.js";
import { flatten, initialise, type Layer, linear, normalWith } from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import { symmetricEigen } from "../../tensor/symmetricEigen.js";
import { ask } from "../ask.js";
import { evaluationGraph, type Task, trainingGraph, withNumbers } from "../index.js";
import { autoencoder, contractive, denoising, sparse, variational } from "./index.js";
import { contraction, sigmoidContraction } from "./penalties.js";

const none = { kind: "none" } as const;

/** A model of rows of so many pixels. */
const rowModel = (pixels: number, layer: Layer, body?: Layer): Model => ({
  name: "rows",
  source: "this test",
  input: [1, 1, pixels],
  outputs: 1,
  layer,
  ...(body && { body: { layer: body, stages: [] } }),
});

/** Weights after steps of Adam over batches that a function gives. */
async function learn(
  model: Model,
  task: Task,
  images: (step: number) => Float32Array,
  { steps, lr, batch }: { steps: number; lr: number; batch: number },
) {
  const engine = referenceEngine();
  const { graph, layout, specs } = trainingGraph(ask(model, task, none), batch);
  const program = await engine.compile(graph);
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  const weights = initialise({ layout, specs }, 1);
  const [first, second] = [new Float64Array(weights.length), new Float64Array(weights.length)];
  for (let step = 0; step < steps; step++) {
    await w.write(weights);
    const key = { seed: 1, purpose: "dropout", step } as const;
    await program.run({
      vectors: { [WEIGHTS]: w, [GRADIENT]: grad },
      inputs: { x: images(step) },
      key,
    });
    const slope = await grad.read();
    const rate = lr * Math.min(1, 2 * (1 - step / steps));
    for (const [at, value] of slope.entries()) {
      first[at] += 0.1 * (value - first[at]);
      second[at] += 0.01 * (value * value - second[at]);
      const [mean, square] = [
        first[at] / (1 - 0.9 ** (step + 1)),
        second[at] / (1 - 0.99 ** (step + 1)),
      ];
      weights[at] -= (rate * mean) / (Math.sqrt(square) + 1e-8);
    }
  }
  return { weights, layout };
}

const named = ({ weights, layout }: Awaited<ReturnType<typeof learn>>, name: string) => {
  const { offset, shape } = layout.params.find((param) => param.name === name)!;
  return weights.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
};

test("a linear tied auto-encoder finds the plane of the principal components, and their error", async () => {
  const [rows, pixels, width] = [64, 6, 2];
  const random = new Random({ seed: 4, purpose: "search" });
  const spreads = [2, 1.5, 0.5, 0.4, 0.3, 0.2];
  const data = Float32Array.from(
    { length: rows * pixels },
    (_, at) => spreads[at % pixels] * random.normal(),
  );
  for (let pixel = 0; pixel < pixels; pixel++) {
    let mean = 0;
    for (let at = pixel; at < data.length; at += pixels) mean += data[at] / rows;
    for (let at = pixel; at < data.length; at += pixels) data[at] -= mean;
  }
  const tied: Layer = (x, scope) => {
    const flat = reshape(x, [x.shape[0], pixels]);
    const w = scope.param(x.graph, "weight", [width, pixels], normalWith(0.3));
    return reshape(matmul(matmul(flat, w, { transposeB: true }), w), x.shape);
  };
  const model = rowModel(pixels, tied);
  const found = await learn(model, autoencoder, () => data, { steps: 800, lr: 0.03, batch: rows });
  const w = named(found, "weight");
  const products = Float64Array.from({ length: pixels ** 2 }, (_, at) => {
    let sum = 0;
    for (let row = 0; row < rows; row++)
      sum += data[row * pixels + Math.floor(at / pixels)] * data[row * pixels + (at % pixels)];
    return sum;
  });
  const { values, vectors } = symmetricEigen(products, pixels);
  // At the optimum W has orthonormal rows; the smallest cosine to the plane is that of the largest angle.
  const along = (row: number, k: number) =>
    w
      .subarray(row * pixels, (row + 1) * pixels)
      .reduce((sum, value, at) => sum + value * vectors[at * pixels + k], 0);
  for (let row = 0; row < width; row++) {
    const length = Math.hypot(...w.subarray(row * pixels, (row + 1) * pixels));
    expect(Math.acos(Math.min(1, Math.hypot(along(row, 0), along(row, 1)) / length))).toBeLessThan(
      0.02,
    );
  }
  const { graph } = evaluationGraph(ask(model, autoencoder, none), rows);
  const { losses } = interpret(graph, {
    inputs: { x: data },
    vectors: { [WEIGHTS]: Float64Array.from(found.weights) },
  });
  const error = losses.reduce((sum: number, loss: number) => sum + loss * pixels, 0);
  const least = values.slice(width).reduce((a, b) => a + b, 0);
  expect(Math.abs(error / least - 1)).toBeLessThan(1e-3);
});

test("of normal data a denoising one learns x s^2 / (s^2 + noise^2)", async () => {
  const [spread, std, batch] = [1.5, 1, 128];
  const model = rowModel(
    1,
    layers.sequential({ flatten: flatten(), fc: linear(1), shape: layers.reshape([1, 1, 1]) }),
  );
  const random = new Random({ seed: 9, purpose: "search" });
  const task = withNumbers(denoising, { mask: 0, gaussian: std });
  const images = () => Float32Array.from({ length: batch }, () => spread * random.normal());
  const found = await learn(model, task, images, { steps: 250, lr: 0.03, batch });
  const [slope] = named(found, "fc.weight");
  const expected = spread ** 2 / (spread ** 2 + std ** 2);
  expect(Math.abs(slope / expected - 1)).toBeLessThan(0.05);
});

test("spoils the share of pixels that is asked for, the same for the same key, and nothing outside of training", async () => {
  const pixels = 400;
  const identity = rowModel(pixels, (x) => x);
  const loss = (task: Task, step: number) => {
    const { graph } = trainingGraph(ask(identity, task, none), 2);
    const x = new Float32Array(2 * pixels).fill(1);
    const key = { seed: 1, purpose: "dropout", step } as const;
    return interpret(graph, {
      inputs: { x },
      key,
      vectors: { [WEIGHTS]: new Float64Array(0), [GRADIENT]: new Float64Array(0) },
    }).loss[0];
  };
  const masked = withNumbers(denoising, { mask: 0.4 });
  expect(loss(masked, 0)).toBe(loss(masked, 0));
  expect(loss(masked, 0)).not.toBe(loss(masked, 1));
  // A pixel of 1 that becomes 0 has an error of 1.
  expect(Math.abs(loss(masked, 0) - 0.4)).toBeLessThan(0.07);
  // One that becomes 2 or -2 an error of 1 or 9.
  const peppered = withNumbers(denoising, { mask: 0, saltpepper: 0.4 });
  expect(Math.abs(loss(peppered, 0) - 0.4 * 5)).toBeLessThan(0.5);
  const { graph } = evaluationGraph(ask(identity, masked, none), 2);
  const x = noise(2 * pixels, 3);
  const { losses } = interpret(graph, {
    inputs: { x },
    vectors: { [WEIGHTS]: new Float64Array(0) },
  });
  expect([...losses]).toEqual([0, 0]);
});

test("the contraction of sigmoid units is its closed form, to 1e-6", () => {
  const [n, pixels, units] = [3, 5, 4];
  const graph = new Graph();
  const x = input(graph, "x", [n, 1, 1, pixels]);
  const weights = input(graph, "weights", [units, pixels]);
  const code = sigmoid(matmul(reshape(x, [n, pixels]), weights, { transposeB: true }));
  graph.output("closed", sigmoidContraction(code, weights));
  for (let unit = 0; unit < units; unit++) {
    const along = input(graph, `along${unit}`, [n, units]);
    graph.output(`slope${unit}`, contraction(code, x, along));
  }
  const one = (unit: number) =>
    Float32Array.from({ length: n * units }, (_, at) => Number(at % units === unit));
  const all = Array.from({ length: units }, (_, unit) => [`along${unit}`, one(unit)] as const);
  const inputs = {
    x: noise(n * pixels, 1),
    weights: noise(units * pixels, 2),
    ...Object.fromEntries(all),
  };
  const found = interpret(graph, { inputs });
  for (let image = 0; image < n; image++) {
    let sum = 0;
    for (let unit = 0; unit < units; unit++) sum += found[`slope${unit}`][image];
    expect(Math.abs(sum - found.closed[image])).toBeLessThan(1e-6);
  }
});

test("every task trains its own model, and says when a model tells it too little", () => {
  const image = { channels: 1, height: 12, width: 10, outputs: 1 };
  for (const task of [autoencoder, denoising, sparse, contractive, variational]) {
    const model = createModel(task.defaults!.model!, image);
    const { graph, layout, specs } = trainingGraph(ask(model, task, none), 3);
    const w = Float64Array.from(initialise({ layout, specs }, 1));
    const gradient = new Float64Array(layout.trainable);
    const { loss } = interpret(graph, {
      inputs: { x: noise(360, 1) },
      vectors: { [WEIGHTS]: w, [GRADIENT]: gradient },
      key: { seed: 1, purpose: "dropout" },
    });
    expect(loss[0], task.name).toBeGreaterThan(0);
    // Encoder and decoder both learn.
    const still = layout.params.filter(
      ({ offset, shape, kind }) =>
        kind === "weight" &&
        gradient
          .subarray(offset, offset + shape.reduce((a, b) => a * b, 1))
          .every((value) => value === 0),
    );
    expect(
      still.map(({ name }) => name),
      task.name,
    ).toEqual([]);
  }
  const narrow = createModel("conv-autoencoder", image);
  expect(() => trainingGraph(ask(narrow, variational, none), 2)).toThrow(
    /tells no spreads.*variational-autoencoder/,
  );
  expect(() => trainingGraph(ask(narrow, sparse, none), 2)).toThrow(/not made of sigmoid units/);
});
